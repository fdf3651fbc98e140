-- What each listen weighs where people weigh: a listener has the same most to give as any other, given whole once they
-- listened `cap` times, in even parts of all they heard. A cap of 1 is user-centric. Those that name nobody are one
-- listener. Listens of boosted creations weigh by their boost.
--
-- in   told(place INT, purse INT, who INT, what INT): share {share} of {shares}, in which is all that its listeners heard
--      purses(purse INT, cap BIGINT from 1 to 100,000, …), boosts(purse INT, what INT, boost BIGINT up to 10)
-- out  place, what, weight BIGINT (a listener's most is 10^12; a rest below one of that stays out of the sums)
SELECT t.place AS place, t.what AS what, CAST(u.unit * COALESCE(b.boost, 1) AS BIGINT) AS weight
FROM told t
JOIN (
  SELECT l.purse AS purse, l.who AS who,
         CAST((1000000000000 * LEAST(l.plays, p.cap)) {floordiv} (l.plays * p.cap) AS BIGINT) AS unit
  FROM (SELECT purse, who, CAST(COUNT(*) AS BIGINT) AS plays FROM told GROUP BY purse, who) AS l
  JOIN purses p ON p.purse = l.purse
) AS u ON u.purse = t.purse AND u.who = t.who
LEFT JOIN boosts b ON b.purse = t.purse AND b.what = t.what

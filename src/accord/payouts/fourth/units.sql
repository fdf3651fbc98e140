-- What one listen of each listener weighs: a listener has the same most to give as any other, given whole once they
-- listened `cap` times, in even parts of all they heard. A cap of 1 is user-centric. Those that name nobody are one listener.
--
-- in   told(purse INT, who INT, …), purses(purse INT, cap BIGINT from 1 to 100,000, …)
-- out  purse, who, unit BIGINT (a listener's most is 10^12; a rest below one of that stays out of the sums)
-- of   the listeners whose number leaves {slice} when divided by {slices}
SELECT l.purse AS purse, l.who AS who,
       CAST((1000000000000 * LEAST(l.plays, p.cap)) {floordiv} (l.plays * p.cap) AS BIGINT) AS unit
FROM (
  SELECT purse, who, CAST(COUNT(*) AS BIGINT) AS plays
  FROM told
  WHERE who {mod} {slices} = {slice}
  GROUP BY purse, who
) AS l
JOIN purses p ON p.purse = l.purse

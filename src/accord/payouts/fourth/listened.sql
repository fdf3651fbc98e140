-- What each creation weighs where people weigh, before any boost: the sum of its listens' units. What one listen weighs is
-- known from its listener alone, so nobody is ever laid beside what they heard: the groups are listeners and creations,
-- never pairs of them.
--
-- in   told(place INT, purse INT, who INT, what INT), units(purse INT, who INT, unit BIGINT)
-- out  place, what, plays, weight
-- of   the listeners whose number leaves {slice} when divided by {slices}
SELECT t.place AS place, t.what AS what, CAST(COUNT(*) AS BIGINT) AS plays,
       CAST(SUM(CAST(u.unit AS {i128})) AS {i128}) AS weight
FROM (SELECT place, purse, who, what FROM told WHERE who {mod} {slices} = {slice}) AS t
JOIN units u ON u.purse = t.purse AND u.who = t.who
GROUP BY t.place, t.what

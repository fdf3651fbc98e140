-- How often, and by how many different people, each creation was heard in purses that have a boost. A listen that names
-- nobody counts as a listen, and as nobody.
--
-- in   told(purse INT, who INT, what INT, …), purses(purse INT, boost BIGINT, …)
-- out  purse, what, plays, listeners
-- of   the listeners whose number leaves {slice} when divided by {slices}
SELECT t.purse AS purse, t.what AS what, CAST(COUNT(*) AS BIGINT) AS plays,
       CAST(COUNT(DISTINCT CASE WHEN t.who > 0 THEN t.who END) AS BIGINT) AS listeners
FROM told t
JOIN purses p ON p.purse = t.purse
WHERE p.boost > 1 AND t.who {mod} {slices} = {slice}
GROUP BY t.purse, t.what

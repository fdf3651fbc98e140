-- What was counted in each part of a period's events, added up.
--
-- in   heard_parts(pool, epoch, creation, plays, weight)
-- out  pool, epoch, creation, plays, weight
SELECT pool, epoch, creation, CAST(SUM(plays) AS BIGINT) AS plays, CAST(SUM(weight) AS BIGINT) AS weight
FROM heard_parts
GROUP BY pool, epoch, creation

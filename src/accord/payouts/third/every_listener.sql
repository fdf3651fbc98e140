-- What was counted of each listener in each part of a period's events, added up.
--
-- in   listeners_parts(pool, stretch, listener, plays)
-- out  pool, stretch, listener, plays
SELECT pool, stretch, listener, CAST(SUM(plays) AS BIGINT) AS plays
FROM listeners_parts
GROUP BY pool, stretch, listener

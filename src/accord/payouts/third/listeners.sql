-- How often each listener listened, in each stretch of time of the pools in which people weigh. Those that name nobody
-- are one listener.
--
-- in   events(kind, feature, territory, user, at, …)
--      capped_places(pool BIGINT, epoch BIGINT, stretch BIGINT, feature, territory, from_at TIMESTAMP, until_at TIMESTAMP)
-- out  pool, stretch, listener, plays
SELECT p.pool AS pool, p.stretch AS stretch, COALESCE(e.user, '') AS listener, CAST(COUNT(*) AS BIGINT) AS plays
FROM events e
JOIN capped_places p
  ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
WHERE e.kind = 'listen'
GROUP BY p.pool, p.stretch, COALESCE(e.user, '')

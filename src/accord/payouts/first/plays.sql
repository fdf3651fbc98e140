-- How often each creation was heard, in each pool and epoch. A play is a `listen`; nothing else weighs in a pool.
-- An epoch is a stretch of time in one territory during which no claim and no deal that matters here changed.
--
-- in   events(kind, feature, territory, creation, at, …)
--      epochs(territory, epoch BIGINT, from_at TIMESTAMP, until_at TIMESTAMP)   half-open
--      pools(pool BIGINT, feature, territory, revenue_micros BIGINT)
-- out  pool, creation, epoch, whole_micros (the pool's revenue), weight (plays)
WITH heard AS (
  SELECT e.feature AS feature, e.territory AS territory, e.creation AS creation, t.epoch AS epoch, COUNT(*) AS plays
  FROM events e
  JOIN epochs t ON t.territory = e.territory AND e.at >= t.from_at AND e.at < t.until_at
  WHERE e.kind = 'listen'
  GROUP BY e.feature, e.territory, e.creation, t.epoch
)
SELECT p.pool AS pool, h.creation AS creation, h.epoch AS epoch,
       p.revenue_micros AS whole_micros, CAST(h.plays AS BIGINT) AS weight
FROM heard h
JOIN pools p ON p.feature = h.feature AND p.territory = h.territory

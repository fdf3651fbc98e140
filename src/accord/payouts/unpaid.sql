-- Listens that no pool pays: heard in a feature and a territory for which no revenue was reported.
--
-- in   events(kind, feature, territory, at, …)
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)   one row, half-open: the period
--      pools(pool BIGINT, feature, territory, revenue_micros BIGINT)
-- out  feature, territory, plays
WITH heard AS (
  SELECT e.feature AS feature, e.territory AS territory, CAST(COUNT(*) AS BIGINT) AS plays
  FROM events e
  JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
  WHERE e.kind = 'listen'
  GROUP BY e.feature, e.territory
)
SELECT h.feature AS feature, h.territory AS territory, h.plays AS plays
FROM heard h
LEFT JOIN pools p ON p.feature = h.feature AND p.territory = h.territory
WHERE p.pool IS NULL

-- How often each creation was heard in each territory within some time.
--
-- in   events(kind, creation, territory, at, …)
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)    one row, half-open
-- out  creation, territory, plays
SELECT e.creation AS creation, e.territory AS territory, CAST(COUNT(*) AS BIGINT) AS plays
FROM events e
JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
WHERE e.kind = 'listen'
GROUP BY e.creation, e.territory

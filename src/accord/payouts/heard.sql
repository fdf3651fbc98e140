-- How often each creation was heard, in each pool of the plain model and epoch: there a listen weighs one.
--
-- in   events(kind, feature, territory, creation, at, …)
--      places(pool BIGINT, epoch BIGINT, feature, territory, from_at TIMESTAMP, until_at TIMESTAMP, …)   half-open
-- out  pool, epoch, creation, plays, weight
SELECT p.pool AS pool, p.epoch AS epoch, e.creation AS creation,
       CAST(COUNT(*) AS BIGINT) AS plays, CAST(COUNT(*) AS BIGINT) AS weight
FROM events e
JOIN places p ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
WHERE e.kind = 'listen'
GROUP BY p.pool, p.epoch, e.creation

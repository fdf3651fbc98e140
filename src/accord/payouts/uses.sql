-- How often each creation was used in a way that deals may ask a fee for, in each epoch: it was made (`create`), made
-- again (`remix`), or taken away (`export`). A `listen` earns of a pool instead, and a `share` leads to listens.
--
-- in   events(kind, feature, territory, creation, at, …)
--      epochs(territory, epoch BIGINT, from_at TIMESTAMP, until_at TIMESTAMP)   half-open
-- out  feature, territory, creation, epoch, uses BIGINT
SELECT e.feature AS feature, e.territory AS territory, e.creation AS creation, t.epoch AS epoch,
       CAST(COUNT(*) AS BIGINT) AS uses
FROM events e
JOIN epochs t ON t.territory = e.territory AND e.at >= t.from_at AND e.at < t.until_at
WHERE e.kind IN ('create', 'remix', 'export')
GROUP BY e.feature, e.territory, e.creation, t.epoch

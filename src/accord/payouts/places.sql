-- Where creations were used in a way that deals may ask a fee for: which territories, in which features.
--
-- in   events(kind, feature, territory, at, …)
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)   one row, half-open: the period
-- out  feature, territory
SELECT DISTINCT e.feature AS feature, e.territory AS territory
FROM events e
JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
WHERE e.kind IN ('create', 'remix', 'export')

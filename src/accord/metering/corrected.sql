-- How many events of a period were corrected or taken back by some segments, by kind.
--
-- in   events (segments that may hold an event of the period), later (the segments that correct): metering.events' columns
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)   one row, half-open: the period
-- out  kind, events BIGINT
SELECT e.kind AS kind, CAST(COUNT(*) AS BIGINT) AS events
FROM events e
JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
WHERE EXISTS (SELECT 1 FROM later c WHERE c.source = e.source AND c.corrects = e.id)
GROUP BY e.kind

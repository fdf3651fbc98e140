-- Which events were corrected or taken back, ever.
--
-- in   events (the segments that hold corrections): the columns of metering.events
-- out  source, id
SELECT e.source AS source, e.corrects AS id
FROM events e
WHERE e.corrects IS NOT NULL

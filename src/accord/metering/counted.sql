-- The events that stand: those that no other event of the same source corrects. A correction stands in the place of what
-- it corrects; a `void` only takes it back, and is itself no use. Metering takes one
-- correction of an event, after the event: a use and its corrections are a chain of which only the last can stand.
--
-- in   events, all_events (every segment, since a correction may have come in with any): the columns of metering.events
-- out  the columns of events
SELECT e.*
FROM events e
WHERE e.kind <> 'void'
  AND NOT EXISTS (SELECT 1 FROM all_events c WHERE c.source = e.source AND c.corrects = e.id)

-- The events that stand: those that no other event of the same source corrects. A correction stands in the place of what
-- it corrects; a `void` only takes it back, and is itself no use. Metering takes one
-- correction of an event, after the event: a use and its corrections are a chain of which only the last can stand.
--
-- in   {as_sent}: the columns of metering.events
--      {corrections}(source, id)   what was ever corrected, by whichever segment
-- out  the columns of {as_sent}
SELECT e.*
FROM {as_sent} e
WHERE e.kind <> 'void'
  AND NOT EXISTS (SELECT 1 FROM {corrections} c WHERE c.source = e.source AND c.id = e.id)

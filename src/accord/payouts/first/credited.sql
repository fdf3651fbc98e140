-- What each creation earned of its pool, laid on those its attribution names. A creation without an attribution keeps
-- its amount whole, under the kind `unattributed`: the money is kept apart until somebody says what it was made from.
--
-- in   creations(pool, creation, epoch, part_micros)      the first split's result
--      attributions(creation, kind, subject, units BIGINT)
-- out  pool, creation, epoch, kind, subject, whole_micros, weight (attribution units)
SELECT c.pool AS pool, c.creation AS creation, c.epoch AS epoch,
       COALESCE(a.kind, 'unattributed') AS kind, COALESCE(a.subject, c.creation) AS subject,
       c.part_micros AS whole_micros, CAST(COALESCE(a.units, 1) AS BIGINT) AS weight
FROM creations c
LEFT JOIN attributions a ON a.creation = c.creation

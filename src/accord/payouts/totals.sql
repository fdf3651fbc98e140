-- The different wholes that attributions are parts of: where they have a common multiple, that is what all are laid on.
--
-- in   wholes(creation, whole_units BIGINT)
-- out  whole_units
SELECT DISTINCT whole_units FROM wholes

-- Creations that were heard and that nobody has said what they were made from.
--
-- in   heard(creation, …), wholes(creation, whole_units BIGINT)
-- out  creation
SELECT DISTINCT h.creation AS creation
FROM heard h
LEFT JOIN wholes w ON w.creation = h.creation
WHERE w.creation IS NULL

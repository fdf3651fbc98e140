-- Creations that were heard and that nobody has said what they were made from.
--
-- in   heard(creation, …), attributions(creation, units BIGINT, …)
-- out  creation
WITH named AS (SELECT DISTINCT creation FROM attributions WHERE units > 0)
SELECT DISTINCT h.creation AS creation
FROM heard h
LEFT JOIN named n ON n.creation = h.creation
WHERE n.creation IS NULL

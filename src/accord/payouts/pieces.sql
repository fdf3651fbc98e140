-- A number for each creation that was heard in the pools in which people weigh.
--
-- in   events(kind, feature, creation, …), capped_places(feature, …)
-- out  what INT, creation
SELECT CAST(ROW_NUMBER() OVER (ORDER BY creation) AS INT) AS what, creation
FROM (
  SELECT DISTINCT e.creation AS creation
  FROM events e
  WHERE e.kind = 'listen' AND e.feature IN (SELECT feature FROM capped_places)
) AS every

-- A number for each listener of the pools in which people weigh: an engine groups and joins numbers several times faster
-- than it does texts, and in a fraction of the memory.
--
-- in   events(kind, feature, user, …), capped_places(feature, …)
-- out  who INT from 1, listener
SELECT CAST(ROW_NUMBER() OVER (ORDER BY listener) AS INT) AS who, listener
FROM (
  SELECT DISTINCT e.user AS listener
  FROM events e
  WHERE e.kind = 'listen' AND e.user <> '' AND e.feature IN (SELECT feature FROM capped_places)
) AS every

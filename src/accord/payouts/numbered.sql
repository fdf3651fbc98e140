-- A number for each asset, co-creator and model that attributions name, in the order of kind and id. From here on the big
-- tables carry numbers: an engine groups and joins them several times faster than it does texts.
--
-- in   attributions(kind, subject, units BIGINT, …), unnamed(creation)
-- out  subject BIGINT, kind, id
WITH every AS (
  SELECT kind, subject AS id FROM attributions WHERE units > 0
  UNION
  SELECT 'unattributed' AS kind, creation AS id FROM unnamed
)
SELECT CAST(ROW_NUMBER() OVER (ORDER BY kind, id) AS BIGINT) AS subject, kind, id
FROM every

-- The wholes that attributions are parts of: where they have a common multiple, that is what all are laid on.
--
-- in   attributions(creation, units BIGINT, …)
-- out  whole_units
WITH wholes AS (SELECT creation, CAST(SUM(units) AS BIGINT) AS whole_units FROM attributions GROUP BY creation)
SELECT DISTINCT whole_units FROM wholes WHERE whole_units > 0

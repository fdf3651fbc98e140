-- The whole that each creation's attribution is parts of.
--
-- in   attributions(creation, units BIGINT, …)
-- out  creation, whole_units
SELECT creation, CAST(SUM(units) AS BIGINT) AS whole_units FROM attributions WHERE units > 0 GROUP BY creation

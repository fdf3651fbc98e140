-- What each creation that was heard is made from, as its attribution says.
--
-- in   heard(creation, …), attributions(creation, kind, subject, units BIGINT), unnamed(creation)
-- out  creation, kind, subject, units, whole_units
WITH once AS (SELECT DISTINCT creation FROM heard),
wholes AS (SELECT creation, CAST(SUM(units) AS BIGINT) AS whole_units FROM attributions GROUP BY creation)
SELECT a.creation AS creation, a.kind AS kind, a.subject AS subject, a.units AS units, w.whole_units AS whole_units
FROM attributions a
JOIN once o ON o.creation = a.creation
JOIN wholes w ON w.creation = a.creation
WHERE a.units > 0
UNION ALL
SELECT u.creation AS creation, 'unattributed' AS kind, u.creation AS subject,
       CAST(1 AS BIGINT) AS units, CAST(1 AS BIGINT) AS whole_units
FROM unnamed u

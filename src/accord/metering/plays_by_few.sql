-- Creations whose plays come from a few listeners. Plays without a listener count among all, and among nobody's.
--
-- in   events(kind, creation, user, at, …), the ones that stand
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)   one row, half-open: the period
--      limits(few, few_ppm, least_plays, …)   one row, all BIGINT (metering.signals.Limits)
-- out  creation, territory (empty: all), plays, odd_plays (of the few), listeners (how many they are)
WITH heard AS (
  SELECT e.creation AS creation, COALESCE(e.user, '') AS listener
  FROM events e
  JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
  WHERE e.kind = 'listen'
),
placed AS (
  SELECT creation, listener, COUNT(*) AS plays,
         ROW_NUMBER() OVER (PARTITION BY creation ORDER BY COUNT(*) DESC, listener) AS place
  FROM heard
  WHERE listener <> ''
  GROUP BY creation, listener
),
few AS (
  SELECT p.creation AS creation, SUM(p.plays) AS odd_plays, COUNT(*) AS listeners
  FROM placed p
  JOIN limits l ON p.place <= l.few
  GROUP BY p.creation
),
totals AS (
  SELECT creation, COUNT(*) AS plays FROM heard GROUP BY creation
)
SELECT t.creation AS creation, '' AS territory, CAST(t.plays AS BIGINT) AS plays,
       CAST(f.odd_plays AS BIGINT) AS odd_plays, CAST(f.listeners AS BIGINT) AS listeners
FROM totals t
JOIN few f ON f.creation = t.creation
JOIN limits l ON t.plays >= l.least_plays AND f.odd_plays * 1000000 >= t.plays * l.few_ppm

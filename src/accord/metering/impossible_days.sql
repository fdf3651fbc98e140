-- Creations heard on days that nobody can have had: more listening than a day is long, or more plays than fit into one.
-- A day is UTC's.
--
-- in   events(kind, creation, user, seconds, at, …), the ones that stand
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)   one row, half-open: the period
--      limits(day_seconds, day_plays, impossible_ppm, least_plays, …)   one row, all BIGINT (metering.signals.Limits)
-- out  creation, territory (empty: all), plays, odd_plays (on such days), listeners (who had them)
WITH heard AS (
  SELECT e.creation AS creation, COALESCE(e.user, '') AS listener, CAST(e.at AS DATE) AS day,
         COALESCE(e.seconds, 0) AS seconds
  FROM events e
  JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
  WHERE e.kind = 'listen'
),
summed AS (
  SELECT listener, day, SUM(seconds) AS seconds, COUNT(*) AS plays
  FROM heard
  WHERE listener <> ''
  GROUP BY listener, day
),
days AS (
  SELECT s.listener AS listener, s.day AS day
  FROM summed s
  JOIN limits l ON s.seconds > l.day_seconds OR s.plays > l.day_plays
),
odd AS (
  SELECT h.creation AS creation, COUNT(*) AS odd_plays, COUNT(DISTINCT h.listener) AS listeners
  FROM heard h
  JOIN days d ON d.listener = h.listener AND d.day = h.day
  GROUP BY h.creation
),
totals AS (
  SELECT creation, COUNT(*) AS plays FROM heard GROUP BY creation
)
SELECT t.creation AS creation, '' AS territory, CAST(t.plays AS BIGINT) AS plays,
       CAST(o.odd_plays AS BIGINT) AS odd_plays, CAST(o.listeners AS BIGINT) AS listeners
FROM totals t
JOIN odd o ON o.creation = t.creation
JOIN limits l ON t.plays >= l.least_plays AND o.odd_plays * 1000000 >= t.plays * l.impossible_ppm

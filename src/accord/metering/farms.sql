-- Creations that a crowd in one territory hears and hears little else: listeners with many plays, nearly all of them of one
-- creation, are *devoted*; where many of them make up most of a creation's plays in a territory, somebody should look.
--
-- in   events(kind, creation, user, territory, at, …), the ones that stand
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)   one row, half-open: the period
--      limits(devoted_plays, devoted_ppm, farm_listeners, farm_ppm, least_plays, …)   one row, all BIGINT
-- out  creation, territory, plays (there), odd_plays (of the devoted), listeners (how many they are)
WITH heard AS (
  SELECT e.creation AS creation, e.territory AS territory, COALESCE(e.user, '') AS listener
  FROM events e
  JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
  WHERE e.kind = 'listen'
),
of_one AS (
  SELECT creation, listener, COUNT(*) AS plays FROM heard WHERE listener <> '' GROUP BY creation, listener
),
of_all AS (
  SELECT listener, SUM(plays) AS plays FROM of_one GROUP BY listener
),
devoted AS (
  SELECT o.creation AS creation, o.listener AS listener
  FROM of_one o
  JOIN of_all a ON a.listener = o.listener
  JOIN limits l ON a.plays >= l.devoted_plays AND o.plays * 1000000 >= a.plays * l.devoted_ppm
),
odd AS (
  SELECT h.creation AS creation, h.territory AS territory, COUNT(*) AS odd_plays,
         COUNT(DISTINCT h.listener) AS listeners
  FROM heard h
  JOIN devoted d ON d.creation = h.creation AND d.listener = h.listener
  GROUP BY h.creation, h.territory
),
totals AS (
  SELECT creation, territory, COUNT(*) AS plays FROM heard GROUP BY creation, territory
)
SELECT t.creation AS creation, t.territory AS territory, CAST(t.plays AS BIGINT) AS plays,
       CAST(o.odd_plays AS BIGINT) AS odd_plays, CAST(o.listeners AS BIGINT) AS listeners
FROM totals t
JOIN odd o ON o.creation = t.creation AND o.territory = t.territory
JOIN limits l ON t.plays >= l.least_plays AND o.listeners >= l.farm_listeners
             AND o.odd_plays * 1000000 >= t.plays * l.farm_ppm

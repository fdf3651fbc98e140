-- What each creation weighs in pools where people weigh: in a stretch of time each listener has the same most to give,
-- given whole once they listened `cap` times, in even parts of all they heard. A cap of 1 is user-centric: everybody who
-- listened at all gives the same. Listens that name nobody are one listener's.
--
-- in   events(kind, feature, territory, creation, user, at, …)
--      capped_places(pool BIGINT, epoch BIGINT, stretch BIGINT, feature, territory, from_at TIMESTAMP, until_at TIMESTAMP)
--      models(pool BIGINT, cap BIGINT from 1 to 100,000, …)
--      boosts(pool BIGINT, stretch BIGINT, creation, boost BIGINT)
-- out  pool, epoch, creation, plays, weight (a listener's most is 10^12)
-- What one listen weighs is known from its listener alone, so nobody is ever laid beside what they heard: the groups are
-- listeners and creations, never pairs of them. A rest below one in 10^12 of a listener stays out of the sums.
WITH listeners AS (
  SELECT p.pool AS pool, p.stretch AS stretch, COALESCE(e.user, '') AS listener, CAST(COUNT(*) AS BIGINT) AS plays
  FROM events e
  JOIN capped_places p
    ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
  WHERE e.kind = 'listen'
  GROUP BY p.pool, p.stretch, COALESCE(e.user, '')
),
each AS (
  SELECT l.pool AS pool, l.stretch AS stretch, l.listener AS listener,
         CAST((1000000000000 * LEAST(l.plays, m.cap)) {floordiv} (l.plays * m.cap) AS BIGINT) AS unit
  FROM listeners l
  JOIN models m ON m.pool = l.pool
),
heard AS (
  SELECT p.pool AS pool, p.epoch AS epoch, p.stretch AS stretch, e.creation AS creation,
         CAST(COUNT(*) AS BIGINT) AS plays, SUM(CAST(u.unit AS {i128})) AS weight
  FROM events e
  JOIN capped_places p
    ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
  JOIN each u ON u.pool = p.pool AND u.stretch = p.stretch AND u.listener = COALESCE(e.user, '')
  WHERE e.kind = 'listen'
  GROUP BY p.pool, p.epoch, p.stretch, e.creation
)
SELECT h.pool AS pool, h.epoch AS epoch, h.creation AS creation, CAST(SUM(h.plays) AS BIGINT) AS plays,
       CAST(SUM(h.weight * CAST(COALESCE(b.boost, 1) AS {i128})) AS {i128}) AS weight
FROM heard h
LEFT JOIN boosts b ON b.pool = h.pool AND b.stretch = h.stretch AND b.creation = h.creation
GROUP BY h.pool, h.epoch, h.creation

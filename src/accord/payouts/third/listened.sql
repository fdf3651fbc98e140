-- What each creation weighs in pools where people weigh, before any boost: the sum of its listens' units. What one listen
-- weighs is known from its listener alone, so nobody is ever laid beside what they heard: the groups are listeners and
-- creations, never pairs of them.
--
-- in   events(kind, feature, territory, creation, user, at, …)
--      capped_places(pool BIGINT, epoch BIGINT, stretch BIGINT, feature, territory, from_at TIMESTAMP, until_at TIMESTAMP)
--      units(pool, stretch, listener, unit BIGINT)
-- out  pool, epoch, stretch, creation, plays, weight
SELECT p.pool AS pool, p.epoch AS epoch, p.stretch AS stretch, e.creation AS creation,
       CAST(COUNT(*) AS BIGINT) AS plays, CAST(SUM(CAST(u.unit AS {i128})) AS {i128}) AS weight
FROM events e
JOIN capped_places p
  ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
JOIN units u ON u.pool = p.pool AND u.stretch = p.stretch AND u.listener = COALESCE(e.user, '')
WHERE e.kind = 'listen'
GROUP BY p.pool, p.epoch, p.stretch, e.creation

-- Creations whose listens weigh more: enough listens by enough different people, in one stretch of a pool that has a boost.
--
-- in   events(kind, feature, territory, creation, user, at, …)
--      capped_places(pool BIGINT, epoch BIGINT, stretch BIGINT, feature, territory, from_at TIMESTAMP, until_at TIMESTAMP)
--      models(pool BIGINT, cap BIGINT, boost BIGINT, boost_plays BIGINT, boost_listeners BIGINT)
-- out  pool, stretch, creation, boost
-- A listen that names nobody counts as a listen, and as nobody.
SELECT p.pool AS pool, p.stretch AS stretch, e.creation AS creation, m.boost AS boost
FROM events e
JOIN capped_places p
  ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
JOIN models m ON m.pool = p.pool
WHERE e.kind = 'listen' AND m.boost > 1
GROUP BY p.pool, p.stretch, e.creation, m.boost, m.boost_plays, m.boost_listeners
HAVING COUNT(*) >= m.boost_plays AND COUNT(DISTINCT e.user) >= m.boost_listeners

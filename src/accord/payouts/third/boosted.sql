-- The weights of all parts and stretches added up, those of boosted creations by their boost.
--
-- in   listened_parts(pool, epoch, stretch, creation, plays, weight)
--      boosts(pool BIGINT, stretch BIGINT, creation, boost BIGINT)
-- out  pool, epoch, creation, plays, weight
SELECT h.pool AS pool, h.epoch AS epoch, h.creation AS creation, CAST(SUM(h.plays) AS BIGINT) AS plays,
       CAST(SUM(CAST(h.weight AS {i128}) * CAST(COALESCE(b.boost, 1) AS {i128})) AS {i128}) AS weight
FROM listened_parts h
LEFT JOIN boosts b ON b.pool = h.pool AND b.stretch = h.stretch AND b.creation = h.creation
GROUP BY h.pool, h.epoch, h.creation

-- The weights of all slices and stretches added up, those of boosted creations by their boost, under the creations' names.
--
-- in   listened_parts(place INT, what INT, plays, weight), boosts(purse INT, what INT, boost BIGINT)
--      capped_places(place INT, purse INT, pool BIGINT, epoch BIGINT, …), pieces(what INT, creation)
-- out  pool, epoch, creation, plays, weight
WITH every AS (
  SELECT p.pool AS pool, p.epoch AS epoch, h.what AS what, CAST(SUM(h.plays) AS BIGINT) AS plays,
         CAST(SUM(CAST(h.weight AS {i128}) * CAST(COALESCE(b.boost, 1) AS {i128})) AS {i128}) AS weight
  FROM listened_parts h
  JOIN capped_places p ON p.place = h.place
  LEFT JOIN boosts b ON b.purse = p.purse AND b.what = h.what
  GROUP BY p.pool, p.epoch, h.what
)
SELECT e.pool AS pool, e.epoch AS epoch, c.creation AS creation, e.plays AS plays, e.weight AS weight
FROM every e
JOIN pieces c ON c.what = e.what

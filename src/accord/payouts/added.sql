-- What creations weigh where people weigh: their listens added up, under the creations' names.
--
-- in   listened(place INT, what INT, weight BIGINT), pieces(what INT, creation)
--      capped_places(place INT, pool BIGINT, epoch BIGINT, …)   one place for each pool and epoch, once for each stretch of it
-- out  pool, epoch, creation, plays, weight
SELECT p.pool AS pool, p.epoch AS epoch, c.creation AS creation, h.plays AS plays, h.weight AS weight
FROM (
  SELECT place, what, CAST(COUNT(*) AS BIGINT) AS plays, CAST(SUM(CAST(weight AS {i128})) AS {i128}) AS weight
  FROM listened
  GROUP BY place, what
) AS h
JOIN (SELECT DISTINCT place, pool, epoch FROM capped_places) AS p ON p.place = h.place
JOIN pieces c ON c.what = h.what

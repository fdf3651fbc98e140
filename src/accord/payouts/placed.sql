-- The micros that the floors leave of each pool, one each, to the largest rests; ties to the lowest reading, which is the
-- order of kind and id (law 7).
--
-- in   floored(pool, reading, plays, whole_micros, weight, whole_weight, floor_micros, rest)
-- out  pool, reading, plays, whole_micros, weight, whole_weight, part_micros, over_place (1: it got one of them)
-- Rests are counted in 4,096 steps of their size first: everything in a higher step than the one in which the micros run
-- out gets one, everything in a lower step none, and only what is in that step has to be put in order.
WITH spare AS (
  SELECT pool, MIN(whole_micros) - CAST(SUM(floor_micros) AS BIGINT) AS micros FROM floored GROUP BY pool
),
counted AS (
  SELECT pool, rest {floordiv} (whole_weight {floordiv} 4096 + 1) AS step, CAST(COUNT(*) AS BIGINT) AS assets
  FROM floored
  GROUP BY pool, rest {floordiv} (whole_weight {floordiv} 4096 + 1)
),
higher AS (
  SELECT pool, step, assets,
         CAST(SUM(assets) OVER (PARTITION BY pool ORDER BY step DESC) AS BIGINT) - assets AS before
  FROM counted
),
edges AS (
  SELECT h.pool AS pool, h.step AS step, s.micros - h.before AS micros
  FROM higher h
  JOIN spare s ON s.pool = h.pool
  WHERE h.before < s.micros AND h.before + h.assets >= s.micros
),
ordered AS (
  SELECT f.pool AS pool, f.reading AS reading,
         ROW_NUMBER() OVER (PARTITION BY f.pool ORDER BY f.rest DESC, f.reading) AS place
  FROM floored f
  JOIN edges e ON e.pool = f.pool AND e.step = f.rest {floordiv} (f.whole_weight {floordiv} 4096 + 1)
),
placed AS (
  SELECT f.pool AS pool, f.reading AS reading, f.plays AS plays, f.whole_micros AS whole_micros, f.weight AS weight,
         f.whole_weight AS whole_weight, f.floor_micros AS floor_micros,
         CASE WHEN e.step IS NULL OR f.rest {floordiv} (f.whole_weight {floordiv} 4096 + 1) < e.step THEN 0
              WHEN f.rest {floordiv} (f.whole_weight {floordiv} 4096 + 1) > e.step THEN 1
              WHEN o.place <= e.micros THEN 1
              ELSE 0 END AS over_place
  FROM floored f
  LEFT JOIN edges e ON e.pool = f.pool
  LEFT JOIN ordered o ON o.pool = f.pool AND o.reading = f.reading
)
SELECT pool, reading, plays, whole_micros, weight, whole_weight,
       CAST(floor_micros + over_place AS BIGINT) AS part_micros, CAST(over_place AS BIGINT) AS over_place
FROM placed

-- Each different rest split once by each pattern of weights: floors, then one micro each to the largest rests of the
-- division, ties by place, which is the order of rank and party id (law 7).
--
-- in   turned(pattern, rest_micros, …), patterns(pattern BIGINT, place BIGINT, weight BIGINT, whole_weight BIGINT)
-- out  pattern, place, weight, whole_weight, whole_micros (the rest), part_micros, over_place
WITH once AS (SELECT DISTINCT pattern, rest_micros FROM turned),
divided AS (
  SELECT o.pattern AS pattern, p.place AS place, p.weight AS weight, p.whole_weight AS whole_weight,
         o.rest_micros AS whole_micros,
         CAST((CAST(o.rest_micros AS {i128}) * CAST(p.weight AS {i128}))
              {floordiv} CAST(p.whole_weight AS {i128}) AS BIGINT) AS floor_micros,
         (CAST(o.rest_micros AS {i128}) * CAST(p.weight AS {i128})) {mod} CAST(p.whole_weight AS {i128}) AS rest
  FROM once o
  JOIN patterns p ON p.pattern = o.pattern
),
placed AS (
  SELECT pattern, place, weight, whole_weight, whole_micros, floor_micros,
         whole_micros - CAST(SUM(floor_micros) OVER (PARTITION BY pattern, whole_micros) AS BIGINT) AS spare_micros,
         ROW_NUMBER() OVER (PARTITION BY pattern, whole_micros ORDER BY rest DESC, place) AS turn
  FROM divided
)
SELECT pattern, place, weight, whole_weight, whole_micros,
       CAST(floor_micros + CASE WHEN turn <= spare_micros THEN 1 ELSE 0 END AS BIGINT) AS part_micros,
       CAST(CASE WHEN turn <= spare_micros THEN 1 ELSE 0 END AS BIGINT) AS over_place
FROM placed

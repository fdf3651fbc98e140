-- The micros that the floors leave of each pool, one each, to the largest rests; ties to the lowest reading, which is the
-- order of kind and id (law 7).
--
-- in   floored(pool, reading, plays, whole_micros, weight, whole_weight, floor_micros, rest)
-- out  pool, reading, plays, whole_micros, weight, whole_weight, part_micros, over_place (1: it got one of them)
WITH spare AS (
  SELECT pool, MIN(whole_micros) - CAST(SUM(floor_micros) AS BIGINT) AS micros FROM floored GROUP BY pool
),
placed AS (
  SELECT pool, reading, plays, whole_micros, weight, whole_weight, floor_micros,
         ROW_NUMBER() OVER (PARTITION BY pool ORDER BY rest DESC, reading) AS place
  FROM floored
)
SELECT p.pool AS pool, p.reading AS reading, p.plays AS plays, p.whole_micros AS whole_micros, p.weight AS weight,
       p.whole_weight AS whole_weight,
       CAST(p.floor_micros + CASE WHEN p.place <= s.micros THEN 1 ELSE 0 END AS BIGINT) AS part_micros,
       CAST(CASE WHEN p.place <= s.micros THEN 1 ELSE 0 END AS BIGINT) AS over_place
FROM placed p
JOIN spare s ON s.pool = p.pool

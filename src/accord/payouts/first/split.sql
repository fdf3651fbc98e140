-- Split whole amounts by weight, exactly: floors first, then the micros left over, one each, to the largest rests;
-- ties go by the tie columns, lowest first (law 7). Used for each step: pool -> creations -> assets -> parties.
--
-- in   weighed({keep}, whole_micros BIGINT >= 0, weight BIGINT >= 0)
--        whole_micros is the same in each row of a group; a group is told by the columns {group}
-- out  {keep}, whole_micros, weight, whole_weight, part_micros, over_place
--        over_place: 1 where the row got one of the micros left over, else 0
-- 128 bits only inside the division. A quotient is never larger than whole_micros, so it fits 64 bits.
WITH summed AS (
  SELECT {keep}, whole_micros, weight,
         CAST(SUM(weight) OVER (PARTITION BY {group}) AS BIGINT) AS whole_weight
  FROM weighed
),
divided AS (
  SELECT {keep}, whole_micros, weight, whole_weight,
         CAST((CAST(whole_micros AS {i128}) * CAST(weight AS {i128}))
              {floordiv} CAST(whole_weight AS {i128}) AS BIGINT) AS floor_micros,
         (CAST(whole_micros AS {i128}) * CAST(weight AS {i128}))
              {mod} CAST(whole_weight AS {i128}) AS rest
  FROM summed
  WHERE whole_weight > 0
),
placed AS (
  SELECT {keep}, whole_micros, weight, whole_weight, floor_micros,
         whole_micros - CAST(SUM(floor_micros) OVER (PARTITION BY {group}) AS BIGINT) AS over_micros,
         ROW_NUMBER() OVER (PARTITION BY {group} ORDER BY rest DESC, {tie}) AS place
  FROM divided
)
SELECT {keep}, whole_micros, weight, whole_weight,
       CAST(floor_micros + CASE WHEN place <= over_micros THEN 1 ELSE 0 END AS BIGINT) AS part_micros,
       CAST(CASE WHEN place <= over_micros THEN 1 ELSE 0 END AS BIGINT) AS over_place
FROM placed

-- The guard of every split: groups whose parts do not add up to their whole, or that hold a negative part. Must be empty.
--
-- in   weighed({group}, whole_micros), parts({group}, part_micros)
-- out  {group}, whole_micros, parts_micros
WITH wholes AS (
  SELECT {group}, MIN(whole_micros) AS low_micros, MAX(whole_micros) AS high_micros
  FROM weighed GROUP BY {group}
),
sums AS (
  SELECT {group}, CAST(SUM(part_micros) AS BIGINT) AS parts_micros, MIN(part_micros) AS least_micros
  FROM parts GROUP BY {group}
)
SELECT {group}, w.high_micros AS whole_micros, s.parts_micros
FROM wholes w
LEFT JOIN sums s USING ({group})
WHERE w.low_micros <> w.high_micros OR s.parts_micros IS NULL
   OR s.parts_micros <> w.high_micros OR s.least_micros < 0

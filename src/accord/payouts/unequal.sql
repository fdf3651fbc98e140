-- The guard of a split: groups whose parts are not their whole, or that hold a negative part. Must be empty.
--
-- in   {parts}({group}, whole_micros, part_micros)
-- out  {group}, high_micros (the whole), parts_micros
WITH sums AS (
  SELECT {group}, MIN(whole_micros) AS low_micros, MAX(whole_micros) AS high_micros,
         CAST(SUM(part_micros) AS BIGINT) AS parts_micros, MIN(part_micros) AS least_micros
  FROM {parts}
  GROUP BY {group}
)
SELECT {group}, high_micros, parts_micros
FROM sums
WHERE low_micros <> high_micros OR parts_micros <> high_micros OR least_micros < 0

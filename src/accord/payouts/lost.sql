-- The guard of the whole: pools in which not all that was split reached a recipient, or a part is negative. Must be empty.
--
-- in   earned(pool, part_micros, …), lines(pool, part_micros, …)
-- out  pool, earned_micros, lines_micros
WITH wholes AS (SELECT pool, CAST(SUM(part_micros) AS BIGINT) AS earned_micros FROM earned GROUP BY pool),
parts AS (
  SELECT pool, CAST(SUM(part_micros) AS BIGINT) AS lines_micros, MIN(part_micros) AS least_micros
  FROM lines GROUP BY pool
)
SELECT w.pool AS pool, w.earned_micros AS earned_micros, p.lines_micros AS lines_micros
FROM wholes w
LEFT JOIN parts p ON p.pool = w.pool
WHERE p.lines_micros IS NULL OR p.lines_micros <> w.earned_micros OR p.least_micros < 0

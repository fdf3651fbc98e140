-- A pool's revenue by weight: the whole part of each exact share, and the rest of the division.
-- Sums of weights are cut to 62 bits (the same divisor for all of a pool), so that a product fits 128 on every engine.
--
-- in   weighed(pool, place, subject, plays, weight), answers(place, subject, reading BIGINT)
--      pools(pool BIGINT, revenue_micros BIGINT >= 0, …)
-- out  pool, reading, plays, whole_micros, weight, whole_weight, floor_micros, rest
WITH gathered AS (
  SELECT w.pool AS pool, a.reading AS reading, CAST(SUM(w.plays) AS BIGINT) AS plays, SUM(w.weight) AS weight
  FROM weighed w
  JOIN answers a ON a.place = w.place AND a.subject = w.subject
  GROUP BY w.pool, a.reading
),
cuts AS (
  SELECT g.pool AS pool, p.revenue_micros AS whole_micros,
         CAST(SUM(g.weight) {floordiv} CAST(4611686018427387904 AS {i128}) AS BIGINT) + 1 AS divisor
  FROM gathered g
  JOIN pools p ON p.pool = g.pool
  GROUP BY g.pool, p.revenue_micros
),
cut AS (
  SELECT g.pool AS pool, g.reading AS reading, g.plays AS plays, c.whole_micros AS whole_micros,
         CAST(g.weight {floordiv} CAST(c.divisor AS {i128}) AS BIGINT) AS weight
  FROM gathered g
  JOIN cuts c ON c.pool = g.pool
),
wholes AS (SELECT pool, CAST(SUM(weight) AS BIGINT) AS whole_weight FROM cut GROUP BY pool),
divided AS (
  SELECT c.pool AS pool, c.reading AS reading, c.plays AS plays, c.whole_micros AS whole_micros, c.weight AS weight,
         w.whole_weight AS whole_weight, CAST(c.whole_micros AS {i128}) * CAST(c.weight AS {i128}) AS product,
         CAST((CAST(c.whole_micros AS {i128}) * CAST(c.weight AS {i128}))
              {floordiv} CAST(w.whole_weight AS {i128}) AS BIGINT) AS floor_micros
  FROM cut c
  JOIN wholes w ON w.pool = c.pool
)
SELECT pool, reading, plays, whole_micros, weight, whole_weight, floor_micros,
       CAST(product - CAST(floor_micros AS {i128}) * CAST(whole_weight AS {i128}) AS BIGINT) AS rest
FROM divided

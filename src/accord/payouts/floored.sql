-- A pool's revenue by weight: the whole part of each exact share, and the rest of the division.
-- Sums of weights are cut to 62 bits (the same divisor for all of a pool), so that a product fits 128 on every engine.
--
-- in   weighed(pool, place, subject, plays, weight), answers(place, subject, reading BIGINT)
--      pools(pool BIGINT, revenue_micros BIGINT >= 0, …)
-- out  pool, reading, plays, whole_micros, weight, whole_weight, floor_micros, rest
-- A quotient of 128 bits is guessed in floating point and proved by multiplying back: it is taken where the rest that it
-- leaves shows that it is right, or one off; where the guess was worse, it is divided in full. So it is exact always.
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
sized AS (
  SELECT g.pool AS pool, g.reading AS reading, g.plays AS plays, c.whole_micros AS whole_micros, c.divisor AS divisor,
         g.weight AS weight, CAST(LEAST(CAST(g.weight AS DOUBLE) / CAST(c.divisor AS DOUBLE), 9E18) AS BIGINT) AS guess
  FROM gathered g
  JOIN cuts c ON c.pool = g.pool
),
sized_up AS (
  SELECT pool, reading, plays, whole_micros, divisor, weight, guess,
         weight - CAST(guess AS {i128}) * CAST(divisor AS {i128}) AS missed
  FROM sized
),
cut AS (
  SELECT pool, reading, plays, whole_micros,
         CASE WHEN divisor = 1 THEN CAST(weight AS BIGINT)
              WHEN missed >= 0 AND missed < divisor THEN guess
              WHEN missed < 0 AND missed >= -divisor THEN guess - 1
              ELSE CAST(weight {floordiv} CAST(divisor AS {i128}) AS BIGINT) END AS weight
  FROM sized_up
),
wholes_of AS (SELECT pool, CAST(SUM(weight) AS BIGINT) AS whole_weight FROM cut GROUP BY pool),
guessed AS (
  SELECT c.pool AS pool, c.reading AS reading, c.plays AS plays, c.whole_micros AS whole_micros, c.weight AS weight,
         w.whole_weight AS whole_weight, CAST(c.whole_micros AS {i128}) * CAST(c.weight AS {i128}) AS product,
         CAST(LEAST(CAST(c.whole_micros AS DOUBLE) * CAST(c.weight AS DOUBLE) / CAST(w.whole_weight AS DOUBLE), 9E18)
              AS BIGINT) AS guess
  FROM cut c
  JOIN wholes_of w ON w.pool = c.pool
),
tried AS (
  SELECT pool, reading, plays, whole_micros, weight, whole_weight, product, guess,
         product - CAST(guess AS {i128}) * CAST(whole_weight AS {i128}) AS missed
  FROM guessed
),
divided AS (
  SELECT pool, reading, plays, whole_micros, weight, whole_weight, product,
         CASE WHEN missed >= 0 AND missed < whole_weight THEN guess
              WHEN missed < 0 AND missed >= -whole_weight THEN guess - 1
              ELSE CAST(product {floordiv} CAST(whole_weight AS {i128}) AS BIGINT) END AS floor_micros
  FROM tried
)
SELECT pool, reading, plays, whole_micros, weight, whole_weight, floor_micros,
       CAST(product - CAST(floor_micros AS {i128}) * CAST(whole_weight AS {i128}) AS BIGINT) AS rest
FROM divided

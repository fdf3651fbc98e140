-- The money of one asset in one pool under one reading of its claims and deals, laid on the recipients of that reading.
--
-- in   credits(pool, epoch, kind, subject, part_micros)   the second split's result
--      readings(pool, epoch, kind, subject, reading BIGINT)   epochs in which nothing differs share a reading
--      shares(reading BIGINT, recipient, tie, weight BIGINT)   weights of a reading: exact, over a common denominator
-- out  pool, reading, recipient, tie, whole_micros, weight
WITH gathered AS (
  SELECT c.pool AS pool, r.reading AS reading, CAST(SUM(c.part_micros) AS BIGINT) AS whole_micros
  FROM credits c
  JOIN readings r ON r.pool = c.pool AND r.epoch = c.epoch AND r.kind = c.kind AND r.subject = c.subject
  GROUP BY c.pool, r.reading
)
SELECT g.pool AS pool, g.reading AS reading, s.recipient AS recipient, s.tie AS tie,
       g.whole_micros AS whole_micros, s.weight AS weight
FROM gathered g
JOIN shares s ON s.reading = g.reading

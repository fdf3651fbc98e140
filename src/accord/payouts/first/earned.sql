-- What was gathered under each reading, laid on the recipients of that reading.
--
-- in   gathered(pool, reading BIGINT, whole_micros)
--      shares(reading BIGINT, recipient, tie, weight BIGINT)   weights of a reading: exact, over a common denominator
-- out  pool, reading, recipient, tie, whole_micros, weight
SELECT g.pool AS pool, g.reading AS reading, s.recipient AS recipient, s.tie AS tie,
       g.whole_micros AS whole_micros, s.weight AS weight
FROM gathered g
JOIN shares s ON s.reading = g.reading

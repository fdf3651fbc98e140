-- The money of one asset in one pool under one reading of its claims and deals, summed over creations and epochs.
--
-- in   credits(pool, epoch, kind, subject, part_micros)   the second split's result
--      readings(pool, epoch, kind, subject, reading BIGINT)   epochs in which nothing differs share a reading
-- out  pool, reading, whole_micros
SELECT c.pool AS pool, r.reading AS reading, CAST(SUM(c.part_micros) AS BIGINT) AS whole_micros
FROM credits c
JOIN readings r ON r.pool = c.pool AND r.epoch = c.epoch AND r.kind = c.kind AND r.subject = c.subject
GROUP BY c.pool, r.reading

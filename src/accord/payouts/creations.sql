-- Each creation that was heard, for whoever asks where an amount came from: its listens, and its part of all that weighs
-- in its pool, in billionths, rounded down.
--
-- in   heard(pool, epoch, creation, plays, weight)
-- out  pool, epoch, creation, plays, weight_ppb
WITH wholes AS (SELECT pool, SUM(CAST(weight AS {i128})) AS whole_weight FROM heard GROUP BY pool)
SELECT h.pool AS pool, h.epoch AS epoch, h.creation AS creation, h.plays AS plays,
       CAST((CAST(h.weight AS {i128}) * CAST(1000000000 AS {i128})) {floordiv} w.whole_weight AS BIGINT) AS weight_ppb
FROM heard h
JOIN wholes w ON w.pool = h.pool

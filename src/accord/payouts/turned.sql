-- What was earned, as so many times the whole of its recipients' weights, and a rest below that whole. The times go out by
-- weight without rounding; only the rest has to be split, and equal rests under equal weights are split alike.
--
-- in   earned(pool, reading, plays, part_micros, …), readings(reading BIGINT, pattern BIGINT, whole_weight BIGINT)
-- out  pool, reading, pattern, plays, whole_micros, times, rest_micros
SELECT e.pool AS pool, e.reading AS reading, r.pattern AS pattern, e.plays AS plays, e.part_micros AS whole_micros,
       CAST(e.part_micros {floordiv} r.whole_weight AS BIGINT) AS times,
       CAST(e.part_micros {mod} r.whole_weight AS BIGINT) AS rest_micros
FROM earned e
JOIN readings r ON r.reading = e.reading

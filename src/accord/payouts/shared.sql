-- What each recipient gets of what each asset earned in each pool.
--
-- in   turned(pool, reading, pattern, plays, whole_micros, times, rest_micros)
--      rests(pattern, place, weight, whole_weight, whole_micros, part_micros, over_place)
-- out  pool, reading, place, plays, whole_micros, weight, whole_weight, part_micros, over_place
SELECT t.pool AS pool, t.reading AS reading, r.place AS place, t.plays AS plays, t.whole_micros AS whole_micros,
       r.weight AS weight, r.whole_weight AS whole_weight,
       CAST(t.times * r.weight + r.part_micros AS BIGINT) AS part_micros, r.over_place AS over_place
FROM turned t
JOIN rests r ON r.pattern = t.pattern AND r.whole_micros = t.rest_micros

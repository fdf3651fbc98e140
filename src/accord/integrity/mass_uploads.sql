-- Uploads that are one of many made alike: within a day of it the same account handed in others of its length (in steps of
-- twenty seconds) that share a word of its title. A back catalogue delivered at once is many uploads, but their lengths differ;
-- where lengths are alike (cuts of production music) titles differ. So both have to be common: of the day's uploads those of its
-- length, and of these the ones that share the word. Words in brackets or about a version (`core`) do not count.
--
-- in   uploads(upload, account, at_s, core, core_count, duration_ms, …)   `core`: a title's words, one space between
--      numbers(n)   1 … 64
--      limits(mass_uploads, mass_alike, mass_length_ppm, mass_word_ppm, …)   one row, all BIGINT
-- out  upload, value (uploads alike, with itself), among (all by the account within a day), other ('')
WITH busy AS (
  SELECT account FROM uploads CROSS JOIN limits l GROUP BY account, l.mass_uploads HAVING COUNT(*) >= l.mass_uploads
),
stepped AS (
  SELECT u.upload AS upload, u.account AS account, u.at_s AS at_s, u.core AS core, u.core_count AS core_count,
         u.duration_ms {floordiv} 20000 AS step
  FROM uploads u
  JOIN busy b ON b.account = u.account
),
counted AS (
  SELECT upload, account, at_s, core, core_count, step,
         COUNT(*) OVER (PARTITION BY account ORDER BY at_s RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_day,
         COUNT(*) OVER (PARTITION BY account, step ORDER BY at_s
                        RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_length
  FROM stepped
),
worded AS (
  SELECT DISTINCT c.upload AS upload, c.account AS account, c.at_s AS at_s, c.step AS step, c.of_day AS of_day,
         c.of_length AS of_length, SPLIT_PART(c.core, ' ', i.n) AS word
  FROM counted c
  JOIN limits l ON c.of_day >= l.mass_uploads
  JOIN numbers i ON i.n <= c.core_count
),
alike AS (
  SELECT upload, of_day, of_length,
         COUNT(*) OVER (PARTITION BY account, step, word ORDER BY at_s
                        RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS made_alike
  FROM worded
  WHERE LENGTH(word) >= 3 AND TRANSLATE(word, '0123456789', '') <> ''
),
most AS (
  SELECT upload, of_day, of_length, MAX(made_alike) AS made_alike FROM alike GROUP BY upload, of_day, of_length
)
SELECT m.upload AS upload, CAST(m.made_alike AS BIGINT) AS value, CAST(m.of_day AS BIGINT) AS among, '' AS other
FROM most m
JOIN limits l ON m.made_alike >= l.mass_alike
             AND m.of_length * 1000000 >= m.of_day * l.mass_length_ppm
             AND m.made_alike * 1000000 >= m.of_length * l.mass_word_ppm

-- Uploads that are one of many made alike: within a day of it the same account handed in others of its length (in steps of
-- ten seconds) that share a word of its title. A back catalogue delivered at once is many uploads, but few are alike.
--
-- in   uploads(upload, account, at_s, words, word_count, duration_ms, …)   `words`: the title's, one space between
--      numbers(n)   1 … 64
--      limits(mass_uploads, mass_alike, mass_ppm, …)   one row, all BIGINT
-- out  upload, value (uploads alike, with itself), among (all by the account within a day), other ('')
WITH busy AS (
  SELECT account FROM uploads CROSS JOIN limits l GROUP BY account, l.mass_uploads HAVING COUNT(*) >= l.mass_uploads
),
counted AS (
  SELECT u.upload AS upload, u.account AS account, u.at_s AS at_s, u.words AS words, u.word_count AS word_count,
         u.duration_ms {floordiv} 10000 AS tens,
         COUNT(*) OVER (PARTITION BY u.account ORDER BY u.at_s RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_day
  FROM uploads u
  JOIN busy b ON b.account = u.account
),
worded AS (
  SELECT DISTINCT c.upload AS upload, c.account AS account, c.at_s AS at_s, c.tens AS tens, c.of_day AS of_day,
         SPLIT_PART(c.words, ' ', i.n) AS word
  FROM counted c
  JOIN limits l ON c.of_day >= l.mass_uploads
  JOIN numbers i ON i.n <= c.word_count
),
alike AS (
  SELECT upload, of_day,
         COUNT(*) OVER (PARTITION BY account, tens, word ORDER BY at_s
                        RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS made_alike
  FROM worded
  WHERE LENGTH(word) >= 3 AND TRANSLATE(word, '0123456789', '') <> ''
),
most AS (
  SELECT upload, of_day, MAX(made_alike) AS made_alike FROM alike GROUP BY upload, of_day
)
SELECT m.upload AS upload, CAST(m.made_alike AS BIGINT) AS value, CAST(m.of_day AS BIGINT) AS among, '' AS other
FROM most m
JOIN limits l ON m.made_alike >= l.mass_alike AND m.made_alike * 1000000 >= m.of_day * l.mass_ppm

-- Uploads that are many of a kind: of what the same account handed in within a day of it, many are as long (in steps of twenty
-- seconds), and many share a word of its title. A back catalogue delivered at once is many uploads, but their lengths differ;
-- where lengths are alike (cuts of production music) titles differ. Words in brackets or about a version do not count (`core`).
--
-- in   uploads(upload, account, at_s, core, core_count, duration_ms, …)   `core`: a title's words, one space between
--      numbers(n)   1 … 64
--      limits(mass_uploads, mass_alike, mass_length_ppm, mass_word_ppm, …)   one row, all BIGINT
-- out  upload, value (uploads as long, with itself), among (all by the account within a day), other ('')
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
  SELECT upload, account, at_s, core, core_count,
         COUNT(*) OVER (PARTITION BY account ORDER BY at_s RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_day,
         COUNT(*) OVER (PARTITION BY account, step ORDER BY at_s
                        RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_length
  FROM stepped
),
peaked AS (
  SELECT upload, account, at_s, core, core_count, of_day, of_length,
         MAX(of_length) OVER (PARTITION BY account ORDER BY at_s
                              RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_peak
  FROM counted
),
worded AS (
  SELECT DISTINCT p.upload AS upload, p.account AS account, p.at_s AS at_s, p.of_day AS of_day, p.of_length AS of_length,
         p.of_peak AS of_peak, SPLIT_PART(p.core, ' ', i.n) AS word
  FROM peaked p
  JOIN limits l ON p.of_day >= l.mass_uploads
  JOIN numbers i ON i.n <= p.core_count
),
shared AS (
  SELECT upload, of_day, of_length, of_peak,
         COUNT(*) OVER (PARTITION BY account, word ORDER BY at_s
                        RANGE BETWEEN 86400 PRECEDING AND 86400 FOLLOWING) AS of_word
  FROM worded
  WHERE LENGTH(word) >= 3 AND TRANSLATE(word, '0123456789', '') <> ''
),
most AS (
  SELECT upload, of_day, of_length, of_peak, MAX(of_word) AS of_word
  FROM shared
  GROUP BY upload, of_day, of_length, of_peak
)
SELECT m.upload AS upload, CAST(m.of_length AS BIGINT) AS value, CAST(m.of_day AS BIGINT) AS among, '' AS other
FROM most m
JOIN limits l ON m.of_length >= l.mass_alike
             AND m.of_peak * 1000000 >= m.of_day * l.mass_length_ppm
             AND m.of_word * 1000000 >= m.of_day * l.mass_word_ppm

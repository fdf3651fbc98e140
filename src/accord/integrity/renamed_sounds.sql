-- The same sound under other metadata. Of a sound that was handed in several times each upload is asked how many other names
-- (title and artist) it had before: all of them where this artist's name has no word in common with the first upload's, and
-- otherwise the other titles that the same account gave it. Words about a version are no part of a title here (`core`), and a
-- name that names nobody (Various Artists) is nobody else's, so reissues and compilations do not count.
--
-- in   uploads(upload, account, at_s, core, sound, artist, artist_count, artist_skeleton, …)   `sound`: '' where not known
--      numbers(n)   1 … 64
-- out  upload, value (other names before), among (uploads of the sound up to this one), other (the sound's first upload)
WITH several AS (
  SELECT sound FROM uploads WHERE sound <> '' GROUP BY sound HAVING COUNT(*) > 1
),
placed AS (
  SELECT u.upload AS upload, u.account AS account, u.at_s AS at_s, u.sound AS sound, u.artist AS artist,
         u.artist_count AS artist_count, u.artist_skeleton AS artist_skeleton,
         ROW_NUMBER() OVER (PARTITION BY u.sound ORDER BY u.at_s, u.upload) AS place,
         ROW_NUMBER() OVER (PARTITION BY u.sound, u.core, u.artist ORDER BY u.at_s, u.upload) AS of_name,
         ROW_NUMBER() OVER (PARTITION BY u.sound, u.account, u.core ORDER BY u.at_s, u.upload) AS of_title
  FROM uploads u
  JOIN several s ON s.sound = u.sound
),
counted AS (
  SELECT upload, sound, artist, place,
         SUM(CASE WHEN of_name = 1 THEN 1 ELSE 0 END) OVER (
           PARTITION BY sound ORDER BY at_s, upload ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - 1 AS names,
         SUM(CASE WHEN of_title = 1 THEN 1 ELSE 0 END) OVER (
           PARTITION BY sound, account ORDER BY at_s, upload ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - 1 AS titles
  FROM placed
),
worded AS (
  SELECT p.upload AS upload, p.sound AS sound, p.place AS place, SPLIT_PART(p.artist, ' ', i.n) AS word
  FROM placed p
  JOIN numbers i ON i.n <= p.artist_count
  UNION ALL
  SELECT upload, sound, place, artist_skeleton AS word FROM placed
),
alike AS (
  SELECT DISTINCT w.upload AS upload
  FROM worded w
  JOIN worded f ON f.sound = w.sound AND f.place = 1 AND f.word = w.word
  WHERE LENGTH(w.word) >= 4
),
judged AS (
  SELECT c.upload AS upload, c.place AS place, f.upload AS first,
         CASE WHEN a.upload IS NULL AND c.artist <> '' AND f.artist <> '' AND c.artist <> f.artist
              THEN GREATEST(c.names, c.titles) ELSE c.titles END AS others
  FROM counted c
  JOIN counted f ON f.sound = c.sound AND f.place = 1
  LEFT JOIN alike a ON a.upload = c.upload
)
SELECT upload, CAST(others AS BIGINT) AS value, CAST(place AS BIGINT) AS among, first AS other
FROM judged
WHERE others > 0

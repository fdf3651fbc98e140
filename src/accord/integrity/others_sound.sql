-- Uploads whose sound is another artist's recording: by their fingerprint most of them is one recording of the catalogue, and
-- the artist that was declared has no word in common with any that it is credited to, by their names as they look.
--
-- in   uploads(upload, artist, artist_count, artist_skeleton, …), numbers(n)
--      matched(upload, recording, percent, words, word_count, skeleton)   one row for each artist credited
--      limits(matched_percent, …)   one row, all BIGINT
-- out  upload, value (percent of it that is the recording), among (100), other (the recording)
WITH most AS (
  SELECT m.upload AS upload, m.recording AS recording, m.percent AS percent, m.words AS words, m.word_count AS word_count,
         m.skeleton AS skeleton, u.artist AS artist, u.artist_count AS artist_count, u.artist_skeleton AS artist_skeleton
  FROM matched m
  JOIN uploads u ON u.upload = m.upload
  JOIN limits l ON m.percent >= l.matched_percent
  WHERE u.artist <> '' AND m.skeleton <> ''
),
declared AS (
  SELECT DISTINCT upload, artist_skeleton AS word FROM most
  UNION
  SELECT DISTINCT upload, SPLIT_PART(artist, ' ', n) AS word FROM most JOIN numbers ON n <= artist_count
),
credited AS (
  SELECT DISTINCT upload, recording, skeleton AS word FROM most
  UNION
  SELECT DISTINCT upload, recording, SPLIT_PART(words, ' ', n) AS word FROM most JOIN numbers ON n <= word_count
),
own AS (
  SELECT DISTINCT d.upload AS upload
  FROM declared d
  JOIN credited c ON c.upload = d.upload AND c.word = d.word
  JOIN most m ON m.upload = d.upload
  WHERE LENGTH(d.word) >= 4 OR d.word = m.artist_skeleton
),
ranked AS (
  SELECT m.upload AS upload, m.recording AS recording, m.percent AS percent,
         ROW_NUMBER() OVER (PARTITION BY m.upload ORDER BY m.percent DESC, m.recording) AS place
  FROM most m
  LEFT JOIN own o ON o.upload = m.upload
  WHERE o.upload IS NULL
)
SELECT upload, CAST(percent AS BIGINT) AS value, CAST(100 AS BIGINT) AS among, recording AS other
FROM ranked
WHERE place = 1

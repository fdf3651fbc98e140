-- Titles made to be found: how many words of a title are words that people search with (`search_words.txt`), and how many
-- known artists it names who are not the declared one. One or two are usual (a lullaby, a tribute, a cover); a title that is
-- mostly such words is not.
--
-- in   uploads(upload, words, word_count, artist, …)   words with one space between
--      search_words(word), artists(artist, words, …), numbers(n)
--      limits(bait, bait_ppm, bait_name_letters, …)   one row, all BIGINT
-- out  upload, value (search words and artists' names in the title), among (words of the title), other (an artist named, or '')
WITH worded AS (
  SELECT u.upload AS upload, SPLIT_PART(u.words, ' ', i.n) AS one,
         CASE WHEN i.n + 1 <= u.word_count
              THEN SPLIT_PART(u.words, ' ', i.n) || ' ' || SPLIT_PART(u.words, ' ', i.n + 1) ELSE '' END AS two,
         CASE WHEN i.n + 2 <= u.word_count
              THEN SPLIT_PART(u.words, ' ', i.n) || ' ' || SPLIT_PART(u.words, ' ', i.n + 1) || ' '
                   || SPLIT_PART(u.words, ' ', i.n + 2) ELSE '' END AS three
  FROM uploads u
  JOIN numbers i ON i.n <= u.word_count
),
searched AS (
  SELECT DISTINCT w.upload AS upload, w.one AS found FROM worded w JOIN search_words s ON s.word = w.one
),
named_by AS (
  SELECT a.artist AS artist, a.words AS words
  FROM artists a
  CROSS JOIN limits l
  WHERE LENGTH(a.words) >= l.bait_name_letters
),
spoken AS (
  SELECT w.upload AS upload, n.artist AS artist, n.words AS found FROM worded w JOIN named_by n ON n.words = w.one
  UNION ALL
  SELECT w.upload AS upload, n.artist AS artist, n.words AS found FROM worded w JOIN named_by n ON n.words = w.two
  UNION ALL
  SELECT w.upload AS upload, n.artist AS artist, n.words AS found FROM worded w JOIN named_by n ON n.words = w.three
),
named AS (
  SELECT s.upload AS upload, s.found AS found, MIN(s.artist) AS artist
  FROM spoken s
  JOIN uploads u ON u.upload = s.upload
  WHERE POSITION(' ' || s.found || ' ' IN ' ' || u.artist || ' ') = 0
  GROUP BY s.upload, s.found
),
both_kinds AS (
  SELECT upload, found, artist FROM named
  UNION ALL
  SELECT s.upload AS upload, s.found AS found, '' AS artist
  FROM searched s
  LEFT JOIN named n ON n.upload = s.upload AND n.found = s.found
  WHERE n.upload IS NULL
),
counted AS (
  SELECT upload, COUNT(*) AS found, MAX(artist) AS artist FROM both_kinds GROUP BY upload
)
SELECT c.upload AS upload, CAST(c.found AS BIGINT) AS value, CAST(u.word_count AS BIGINT) AS among, c.artist AS other
FROM counted c
JOIN uploads u ON u.upload = c.upload
JOIN limits l ON c.found >= l.bait AND c.found * 1000000 >= u.word_count * l.bait_ppm

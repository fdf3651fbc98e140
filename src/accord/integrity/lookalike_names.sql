-- Artists' names that can be taken for a known artist's: the same to the eye (one skeleton, other letters), or one letter
-- changed, left out, put in or moved. Two names are that near exactly when they are equal after at most one letter is struck
-- from each; so each name is filed under all it leaves when one is struck, and only names in one file meet. A near name counts
-- where one of its words is hardly anybody's (Jhon Smith); Jon Smith is a name of his own. Who uses the known name as well may
-- misspell it.
--
-- in   uploads(upload, account, artist, artist_count, artist_plain, artist_skeleton, …)   plain: the name in one word, as written
--      artists(artist, words, word_count, plain, skeleton), numbers(n)
--      limits(name_letters, near_letters, rare_names, …)   one row, all BIGINT
-- out  upload, value (letters in common), among (edit distance as they look, 0 … 2), other (the known artist)
WITH names AS (
  SELECT DISTINCT u.artist AS words, u.artist_count AS word_count, u.artist_plain AS plain, u.artist_skeleton AS skeleton
  FROM uploads u
  LEFT JOIN artists k ON k.plain = u.artist_plain
  WHERE k.plain IS NULL AND u.artist_skeleton <> ''
),
pieces AS (
  SELECT DISTINCT words, SPLIT_PART(words, ' ', n) AS word FROM names JOIN numbers ON n <= word_count
  UNION
  SELECT DISTINCT words, SPLIT_PART(words, ' ', n) AS word FROM artists JOIN numbers ON n <= word_count
),
usual AS (
  SELECT word, COUNT(*) AS names FROM pieces GROUP BY word
),
rare AS (
  SELECT p.words AS words, MIN(w.names) AS names FROM pieces p JOIN usual w ON w.word = p.word GROUP BY p.words
),
filed AS (
  SELECT words, plain, skeleton, skeleton AS key FROM names
  UNION
  SELECT words, plain, skeleton, SUBSTRING(skeleton, 1, n - 1) || SUBSTRING(skeleton, n + 1) AS key
  FROM names JOIN numbers ON n <= LENGTH(skeleton)
),
looked_for AS (
  SELECT artist, skeleton AS key FROM artists
  UNION
  SELECT artist, SUBSTRING(skeleton, 1, n - 1) || SUBSTRING(skeleton, n + 1) AS key
  FROM artists JOIN numbers ON n <= LENGTH(skeleton)
),
met AS (
  SELECT DISTINCT f.words AS words, f.plain AS plain, f.skeleton AS skeleton, l.artist AS artist
  FROM filed f
  JOIN looked_for l ON l.key = f.key
),
judged AS (
  SELECT m.words AS words, m.plain AS plain, m.skeleton AS skeleton, k.artist AS artist, k.plain AS known_plain,
         LEVENSHTEIN(m.skeleton, k.skeleton) AS apart, LENGTH(k.skeleton) AS letters
  FROM met m
  JOIN artists k ON k.artist = m.artist
  JOIN rare r ON r.words = m.words
  JOIN limits l ON LENGTH(k.skeleton) >= l.name_letters
  WHERE m.skeleton = k.skeleton OR (LENGTH(k.skeleton) >= l.near_letters AND r.names <= l.rare_names)
),
own AS (
  SELECT DISTINCT u.account AS account, u.artist_plain AS plain FROM uploads u JOIN artists k ON k.plain = u.artist_plain
),
ranked AS (
  SELECT u.upload AS upload, j.artist AS artist, j.apart AS apart, j.letters AS letters,
         ROW_NUMBER() OVER (PARTITION BY u.upload ORDER BY j.apart, j.letters DESC, j.artist) AS place
  FROM uploads u
  JOIN judged j ON j.words = u.artist AND j.plain = u.artist_plain AND j.skeleton = u.artist_skeleton
  LEFT JOIN own o ON o.account = u.account AND o.plain = j.known_plain
  WHERE o.account IS NULL
)
SELECT upload, CAST(letters - apart AS BIGINT) AS value, CAST(apart AS BIGINT) AS among, artist AS other
FROM ranked
WHERE place = 1

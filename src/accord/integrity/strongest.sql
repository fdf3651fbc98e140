-- What an account is asked about: of each signal its strongest upload, and how many of its uploads show that signal.
--
-- in   signs(signal, upload, value, among, other), uploads(upload, account, …)
-- out  account, signal, upload, value, among, other, uploads
WITH ranked AS (
  SELECT u.account AS account, s.signal AS signal, s.upload AS upload, s.value AS value, s.among AS among, s.other AS other,
         ROW_NUMBER() OVER (PARTITION BY u.account, s.signal ORDER BY s.value DESC, s.upload) AS place,
         COUNT(*) OVER (PARTITION BY u.account, s.signal) AS uploads
  FROM signs s
  JOIN uploads u ON u.upload = s.upload
)
SELECT account, signal, upload, value, among, other, CAST(uploads AS BIGINT) AS uploads
FROM ranked
WHERE place = 1

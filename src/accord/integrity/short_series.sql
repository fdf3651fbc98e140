-- Tracks of about half a minute in series: long enough to be paid for a listen, and most of what the account handed in within
-- a week of it. A set of movements or an album with interludes has a few of them among longer ones.
--
-- in   uploads(upload, account, at_s, duration_ms, …)
--      limits(short_from_ms, short_to_ms, series, series_ppm, …)   one row, all BIGINT
-- out  upload, value (tracks that short within a week, with itself), among (all by the account then), other ('')
WITH marked AS (
  SELECT u.upload AS upload, u.account AS account, u.at_s AS at_s,
         CAST(CASE WHEN u.duration_ms BETWEEN l.short_from_ms AND l.short_to_ms THEN 1 ELSE 0 END AS BIGINT) AS short
  FROM uploads u
  CROSS JOIN limits l
),
ready AS (
  SELECT account FROM marked CROSS JOIN limits l GROUP BY account, l.series HAVING SUM(short) >= l.series
),
counted AS (
  SELECT m.upload AS upload, m.short AS short,
         SUM(m.short) OVER (PARTITION BY m.account ORDER BY m.at_s
                            RANGE BETWEEN 604800 PRECEDING AND 604800 FOLLOWING) AS shorts,
         COUNT(*) OVER (PARTITION BY m.account ORDER BY m.at_s
                        RANGE BETWEEN 604800 PRECEDING AND 604800 FOLLOWING) AS of_week
  FROM marked m
  JOIN ready r ON r.account = m.account
)
SELECT c.upload AS upload, CAST(c.shorts AS BIGINT) AS value, CAST(c.of_week AS BIGINT) AS among, '' AS other
FROM counted c
JOIN limits l ON c.short = 1 AND c.shorts >= l.series AND c.shorts * 1000000 >= c.of_week * l.series_ppm

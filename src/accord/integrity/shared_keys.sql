-- How often two recordings hold the same key the same number of cells apart. Keys commoner than `common` are left out:
-- what is everywhere says nothing, and one key costs at most common² ÷ 2 rows.
--
-- in   keys(key, recording, cell)   BIGINT; a cell is 64 frames (1.5 s) of the recording
--      limits(common, …)   one row, all BIGINT (integrity.bulk.Limits)
-- out  one, other (one < other), apart (cells of the other less cells of the one), votes
WITH held AS (
  SELECT DISTINCT key, recording, cell FROM keys
),
rare AS (
  SELECT h.key AS key
  FROM held h
  CROSS JOIN limits l
  GROUP BY h.key, l.common
  HAVING COUNT(*) > 1 AND COUNT(*) <= l.common
),
voting AS (
  SELECT h.key AS key, h.recording AS recording, h.cell AS cell
  FROM held h
  JOIN rare r ON r.key = h.key
)
SELECT a.recording AS one, b.recording AS other, CAST(b.cell - a.cell AS BIGINT) AS apart,
       CAST(COUNT(*) AS BIGINT) AS votes
FROM voting a
JOIN voting b ON b.key = a.key AND a.recording < b.recording
GROUP BY a.recording, b.recording, b.cell - a.cell

-- One step towards connected groups: everybody takes the lowest label among their own, their neighbours' and that of the
-- recording their label names. Run until nothing moves.
--
-- in   links(one, other), labels(recording, cluster)   BIGINT; a cluster is the number of one of its recordings
-- out  recording, cluster, moved (1 when the label changed)
WITH ways AS (
  SELECT one AS recording, other AS neighbour FROM links
  UNION ALL
  SELECT other AS recording, one AS neighbour FROM links
),
near AS (
  SELECT w.recording AS recording, MIN(n.cluster) AS cluster
  FROM ways w
  JOIN labels n ON n.recording = w.neighbour
  GROUP BY w.recording
),
lowest AS (
  SELECT l.recording AS recording, l.cluster AS before, LEAST(l.cluster, COALESCE(n.cluster, l.cluster)) AS cluster
  FROM labels l
  LEFT JOIN near n ON n.recording = l.recording
)
SELECT s.recording AS recording, CAST(LEAST(s.cluster, t.cluster) AS BIGINT) AS cluster,
       CAST(CASE WHEN LEAST(s.cluster, t.cluster) < s.before THEN 1 ELSE 0 END AS BIGINT) AS moved
FROM lowest s
JOIN lowest t ON t.recording = s.cluster

-- The links of which clusters are made, so that no mix joins what it is made of. Of two recordings that are different sounds in a
-- third the weaker loses its link to it (of two as strong the later). Where the third is a copy of neither, it is a mash-up, and so
-- are its copies: they stay together, and of all their links to what is none the strongest alone stands.
--
-- in   links(one, other, copy, strength)   BIGINT; one < other; copy is 1 or 0; a pair once
--      mixes(middle, one, other)   BIGINT; one < other; of the rivals those that are different sounds in `middle`
--      groups(recording, cluster)   BIGINT; every linked recording, and the group of copies that it is in
-- out  one, other
WITH ends AS (
  SELECT one AS middle, other AS heard, copy, strength FROM links
  UNION ALL
  SELECT other AS middle, one AS heard, copy, strength FROM links
),
heard_twice AS (
  SELECT m.middle AS middle, a.copy + b.copy AS copies,
         CASE WHEN a.strength < b.strength THEN m.one ELSE m.other END AS weaker
  FROM mixes m
  JOIN ends a ON a.middle = m.middle AND a.heard = m.one
  JOIN ends b ON b.middle = m.middle AND b.heard = m.other
),
fallen AS (
  SELECT DISTINCT LEAST(middle, weaker) AS one, GREATEST(middle, weaker) AS other FROM heard_twice
),
mash_ups AS (
  SELECT middle FROM heard_twice GROUP BY middle HAVING MAX(copies) = 0
),
families AS (
  SELECT DISTINCT g.cluster AS cluster FROM groups g JOIN mash_ups m ON m.middle = g.recording
),
mixed AS (
  SELECT g.recording AS recording, g.cluster AS family FROM groups g JOIN families f ON f.cluster = g.cluster
),
outward AS (
  SELECT LEAST(e.middle, e.heard) AS one, GREATEST(e.middle, e.heard) AS other,
         ROW_NUMBER() OVER (PARTITION BY a.family ORDER BY e.strength DESC, e.heard, e.middle) AS place
  FROM ends e
  JOIN mixed a ON a.recording = e.middle
  LEFT JOIN mixed b ON b.recording = e.heard
  WHERE b.recording IS NULL
)
SELECT l.one AS one, l.other AS other
FROM links l
LEFT JOIN fallen f ON f.one = l.one AND f.other = l.other
LEFT JOIN mixed a ON a.recording = l.one
LEFT JOIN mixed b ON b.recording = l.other
LEFT JOIN outward o ON o.one = l.one AND o.other = l.other
WHERE f.one IS NULL AND (l.copy = 1 OR (a.family IS NULL AND b.family IS NULL) OR o.place = 1)

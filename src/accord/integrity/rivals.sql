-- Where a recording is linked to two that are not linked to each other, and not a copy of both: either that was missed, or it
-- is a mix of the two.
--
-- in   links(one, other, copy, strength)   BIGINT; one < other; copy is 1 or 0; a pair once
-- out  middle, one, other (one < other)
WITH ends AS (
  SELECT one AS middle, other AS heard, copy FROM links
  UNION ALL
  SELECT other AS middle, one AS heard, copy FROM links
),
pairs AS (
  SELECT a.middle AS middle, a.heard AS one, b.heard AS other
  FROM ends a
  JOIN ends b ON b.middle = a.middle AND a.heard < b.heard AND a.copy + b.copy < 2
)
SELECT p.middle AS middle, p.one AS one, p.other AS other
FROM pairs p
LEFT JOIN links l ON l.one = p.one AND l.other = p.other
WHERE l.one IS NULL

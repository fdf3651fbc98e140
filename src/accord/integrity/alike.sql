-- Pairs of recordings worth weighing: those with at least `floor` votes for one place. The same place gathers its votes in
-- two neighbouring cells, since both recordings are cut into cells at their own beginnings.
--
-- in   shared(one, other, apart, votes)   as shared_keys.sql leaves it
--      limits(floor, …)   one row, all BIGINT (integrity.bulk.Limits)
-- out  one, other, apart (the fullest place; of several the earliest), votes
WITH spread AS (
  SELECT one, other, apart, votes FROM shared
  UNION ALL
  SELECT one, other, apart - 1 AS apart, votes FROM shared
),
summed AS (
  SELECT one, other, apart, SUM(votes) AS votes FROM spread GROUP BY one, other, apart
),
placed AS (
  SELECT s.one AS one, s.other AS other, s.apart AS apart, s.votes AS votes,
         ROW_NUMBER() OVER (PARTITION BY s.one, s.other ORDER BY s.votes DESC, s.apart) AS place
  FROM summed s
  JOIN limits l ON s.votes >= l.floor
)
SELECT one, other, CAST(apart AS BIGINT) AS apart, CAST(votes AS BIGINT) AS votes FROM placed WHERE place = 1

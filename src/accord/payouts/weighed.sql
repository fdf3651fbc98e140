-- What each asset weighs in each pool: what the creations weigh that it is in, by its part of each. Nothing is rounded
-- before this sum, so there is one split of a pool, and no millions of splits of creations.
--
-- in   heard(pool, epoch, creation, plays, weight), laid(creation, subject, units)
--      alike(pool, epoch, place BIGINT)   pools and epochs in which every claim and deal says the same share a place
-- out  pool, place, subject, plays, weight
SELECT h.pool AS pool, a.place AS place, l.subject AS subject, CAST(SUM(h.plays) AS BIGINT) AS plays,
       CAST(SUM(CAST(h.weight AS {i128}) * CAST(l.units AS {i128})) AS {i128}) AS weight
FROM heard h
JOIN alike a ON a.pool = h.pool AND a.epoch = h.epoch
JOIN laid l ON l.creation = h.creation
GROUP BY h.pool, a.place, l.subject

-- The creations of plain pools and of those where people weigh.
--
-- in   plain(pool, epoch, creation, plays, weight), listened(the same)
-- out  pool, epoch, creation, plays, weight
SELECT pool, epoch, creation, plays, CAST(weight AS {i128}) AS weight FROM plain
UNION ALL
SELECT pool, epoch, creation, plays, CAST(weight AS {i128}) AS weight FROM listened

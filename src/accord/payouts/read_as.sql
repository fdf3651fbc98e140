-- Under which reading each asset's money stands, in each pool and epoch it earned in.
--
-- in   alike(pool, epoch, place), weighed(pool, place, subject, …), answers(place, subject, reading)
--      numbered(subject, kind, id)
-- out  pool, epoch, kind, subject, reading
SELECT l.pool AS pool, l.epoch AS epoch, n.kind AS kind, n.id AS subject, a.reading AS reading
FROM alike l
JOIN weighed w ON w.pool = l.pool AND w.place = l.place
JOIN answers a ON a.place = w.place AND a.subject = w.subject
JOIN numbered n ON n.subject = w.subject

-- What the rooms are asked: whom the money of each asset concerns, once for each place it earned in.
--
-- in   weighed(place, subject, …), numbered(subject, kind, id)
-- out  place, subject, kind, id
WITH once AS (SELECT DISTINCT place, subject FROM weighed)
SELECT o.place AS place, o.subject AS subject, n.kind AS kind, n.id AS id
FROM once o
JOIN numbered n ON n.subject = o.subject

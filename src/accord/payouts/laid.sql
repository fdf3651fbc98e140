-- Each creation's attribution laid on one whole, so that a listen of any creation weighs alike and weights can be summed.
-- Exact where {scale} is a common multiple of the wholes; else a part is short by less than one in 10^15.
--
-- in   attributions(creation, kind, subject, units BIGINT), wholes(creation, whole_units BIGINT)
--      numbered(subject BIGINT, kind, id), unnamed(creation)
-- out  creation, subject, units (of {scale})
-- units × scale ÷ whole, rounded down. With scale = q × whole + r that is units × q + units × r ÷ whole, which needs no
-- more than 64 bits while the whole has 31: engines divide 128 bits a bit at a time.
SELECT a.creation AS creation, n.subject AS subject,
       CASE WHEN w.whole_units < 2147483648
            THEN CAST(a.units * (CAST({scale} AS BIGINT) {floordiv} w.whole_units)
                      + (a.units * (CAST({scale} AS BIGINT) {mod} w.whole_units)) {floordiv} w.whole_units AS BIGINT)
            ELSE CAST((CAST(a.units AS {i128}) * CAST({scale} AS {i128})) {floordiv} CAST(w.whole_units AS {i128})
                      AS BIGINT)
       END AS units
FROM attributions a
JOIN wholes w ON w.creation = a.creation
JOIN numbered n ON n.kind = a.kind AND n.id = a.subject
WHERE a.units > 0
UNION ALL
SELECT u.creation AS creation, n.subject AS subject, CAST({scale} AS BIGINT) AS units
FROM unnamed u
JOIN numbered n ON n.kind = 'unattributed' AND n.id = u.creation

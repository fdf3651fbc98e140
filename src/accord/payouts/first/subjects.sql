-- Whom the money of this period concerns: each asset, creator or model named in a pool, in each epoch it earned in.
--
-- in   credits(pool, epoch, kind, subject, part_micros)   the second split's result
-- out  pool, epoch, kind, subject
SELECT DISTINCT pool, epoch, kind, subject
FROM credits

-- What one listen of each listener weighs: a listener has the same most to give as any other, given whole once they
-- listened `cap` times, in even parts of all they heard. A cap of 1 is user-centric.
--
-- in   listeners(pool, stretch, listener, plays BIGINT), models(pool BIGINT, cap BIGINT from 1 to 100,000, …)
-- out  pool, stretch, listener, unit (a listener's most is 10^12; a rest below one of that stays out of the sums)
SELECT l.pool AS pool, l.stretch AS stretch, l.listener AS listener,
       CAST((1000000000000 * LEAST(l.plays, m.cap)) {floordiv} (l.plays * m.cap) AS BIGINT) AS unit
FROM listeners l
JOIN models m ON m.pool = l.pool

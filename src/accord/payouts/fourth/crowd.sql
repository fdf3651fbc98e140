-- About how many listeners there are in all purses together: it decides how many of them are looked at at once, and nothing
-- that anybody is paid.
--
-- in   told(purse INT, who INT, …)
-- out  listeners BIGINT
SELECT CAST(APPROX_COUNT_DISTINCT(CAST(purse AS BIGINT) * 4294967296 + who) AS BIGINT) AS listeners FROM told

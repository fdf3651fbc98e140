-- The quarters in which anything happened.
--
-- in   events(at TIMESTAMP, …)
-- out  number BIGINT: the year times four, and which quarter of it, from nought
SELECT DISTINCT CAST(year(e.at) * 4 + quarter(e.at) - 1 AS BIGINT) AS number
FROM events e

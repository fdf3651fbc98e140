-- Creations whose listens weigh more: enough listens by enough different people. No listener is in two slices, so people
-- can be added up.
--
-- in   fans_parts(purse INT, what INT, plays, listeners)
--      purses(purse INT, boost BIGINT, boost_plays BIGINT, boost_listeners BIGINT, …)
-- out  purse, what, boost
SELECT f.purse AS purse, f.what AS what, p.boost AS boost
FROM (
  SELECT purse, what, CAST(SUM(plays) AS BIGINT) AS plays, CAST(SUM(listeners) AS BIGINT) AS listeners
  FROM fans_parts
  GROUP BY purse, what
) AS f
JOIN purses p ON p.purse = f.purse
WHERE f.plays >= p.boost_plays AND f.listeners >= p.boost_listeners

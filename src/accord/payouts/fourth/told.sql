-- The listens of pools in which people weigh, each as four numbers. A purse is what a listener has to give: one for each
-- stretch of time of a pool.
--
-- in   events(kind, feature, territory, creation, user, at, …), people(who INT, listener), pieces(what INT, creation)
--      capped_places(place INT, purse INT, feature, territory, from_at TIMESTAMP, until_at TIMESTAMP, …)   half-open
-- out  place INT, purse INT, who INT (0: it names nobody), what INT
SELECT p.place AS place, p.purse AS purse, COALESCE(u.who, 0) AS who, c.what AS what
FROM events e
JOIN capped_places p
  ON p.feature = e.feature AND p.territory = e.territory AND e.at >= p.from_at AND e.at < p.until_at
JOIN pieces c ON c.creation = e.creation
LEFT JOIN people u ON u.listener = e.user
WHERE e.kind = 'listen'

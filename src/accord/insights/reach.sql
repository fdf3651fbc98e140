-- Plays and sessions of creations, in the territories and periods for which the platform reported all of its own.
-- A play is a `listen`. A session without a name counts as no session. `period` is empty where no total was reported.
--
-- in   events(kind, feature, territory, session, at, …)
--      bounds(from_at TIMESTAMP, until_at TIMESTAMP)                       one row, half-open: what is looked at
--      totals(territory, period, from_at TIMESTAMP, until_at TIMESTAMP)    half-open, disjoint within a territory
-- slot by: `feature` counts each feature apart; `kind` counts each session once, whatever it touched
-- out  part, territory, period, plays, sessions
SELECT e.{by} AS part, e.territory AS territory, COALESCE(t.period, '') AS period,
       CAST(COUNT(*) AS BIGINT) AS plays, CAST(COUNT(DISTINCT e.session) AS BIGINT) AS sessions
FROM events e
JOIN bounds b ON e.at >= b.from_at AND e.at < b.until_at
LEFT JOIN totals t ON t.territory = e.territory AND e.at >= t.from_at AND e.at < t.until_at
WHERE e.kind = 'listen'
GROUP BY e.{by}, e.territory, COALESCE(t.period, '')

-- Of the events that stand, what a division reads: laid down once, so that corrections are not looked up again by each rule.
--
-- in   {standing}: the columns of metering.events
-- out  kind, feature, territory, creation, user, at
SELECT e.kind AS kind, e.feature AS feature, e.territory AS territory, e.creation AS creation, e.user AS user, e.at AS at
FROM {standing} e

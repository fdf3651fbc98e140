-- The lines that stand on statements, with what they are sorted by; it changes no amount.
--
-- in   lines(pool, reading, subject, party, …, amount_micros, left_over_micros), {capped}: what a cap cut, or 0
--      placed(pool BIGINT, place BIGINT)   the pools of one currency in the order of feature and territory
-- out  the columns of lines, place, told (the order of one asset's recipients)
SELECT l.party AS party, p.place AS place, l.subject AS subject, l.reading AS reading,
       l.claimed || '|' || l.account || '|' || l.deal || '|' || l.reason AS told,
       l.pool AS pool, l.kind AS kind, l.account AS account, l.claimed AS claimed, l.deal AS deal, l.clause AS clause,
       l.claims AS claims, l.reason AS reason, l.side AS side, l.claim_share AS claim_share, l.share AS share,
       l.rate_ppm AS rate_ppm, l.plays AS plays, l.earned_micros AS earned_micros, l.amount_micros AS amount_micros,
       l.left_over_micros AS left_over_micros, CAST({capped} AS BIGINT) AS capped_micros
FROM lines l
JOIN placed p ON p.pool = l.pool
WHERE l.account IN ('due', 'direct', 'creator', 'escrow')

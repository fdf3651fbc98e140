"""Reads: assets, claims (catalog), grants (deals), features (governance), choices (participation), mandates, members (parties).
Writes: holds placed and lifted, decisions recorded.
Holds: the rule that decides whether something may be used, so, here, now; one answer or all of them."""

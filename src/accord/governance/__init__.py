"""AI features: what they may do, who signed off, whether they may go live.

Reads   its own tables.
Writes  features proposed, policies and splits published, controls opened, sign-offs, launches, consultations.
Holds   the rule that a feature goes live only when everything a launch needs stands there and is named.
"""

"""Reads: parties (who may sign for an office), its own tables.
Writes: features proposed, policies and splits published, controls opened, sign-offs, launches, consultations.
Holds: the rule that a feature goes live only when everything a launch needs stands there and is named."""

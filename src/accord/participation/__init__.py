"""Reads: features (governance), parties and mandates, assets, deals' clauses, its own tables.
Writes: people asked, choices made, consents withdrawn.
Holds: the rule that a yes has a source and a grade, names its use and feature, and that a no is never turned away."""

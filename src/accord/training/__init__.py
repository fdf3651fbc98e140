"""Reads the catalogue's scores, clearance's answers, the deals' clauses on revocation, governance's features.
Writes SetSealed, SealRevoked, ModelTrained, ModelRegistered, CardsPublished, ModelPromoted, ModelSunsetSet, ModelRetired,
OutsideRegistered, OutsideAdmitted, OutsideDismissed.
Holds sealed training sets, the models bound to them, their cards, and the embedded generator of scores.
"""

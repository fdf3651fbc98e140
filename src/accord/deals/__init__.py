"""Licences as data: intake, negotiation, approval, terms, most-favoured-nation.

Reads   parties (who the licensor is), catalog (labels of assets), governance (which features exist).
Writes  deals opened, terms drafted, approvals, signatures, activations, suspensions, terminations.
Holds   the order in which a licence comes into force, and what it grants clause by clause.
"""

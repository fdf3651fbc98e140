"""The field's words as values.

Reads nothing. Writes nothing. Holds identifiers, territories, uses, rights, shares, periods, money and refusals.
"""

"""Identifiers of the music industry: one module each, with compact, validate, is_valid, format and with_check_digit.

Reads nothing. Writes nothing. Holds isrc, iswc, isni, ipi, dpid, icpn, grid.
"""

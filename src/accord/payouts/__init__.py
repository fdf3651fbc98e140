"""Reads usage and revenue (metering), shares (attribution), claims (catalog), what deals pay (deals).
Writes closed periods with their statements, advances, payments, releases from escrow: facts, files and postings.
Holds the ledger: debits equal credits in every posting, and what cannot be paid yet stands in a named account.
"""

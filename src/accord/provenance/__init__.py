"""The room where creations get their credits, labels and proofs, and leave the house.

Reads studio, attribution, catalogue, deals, clearance and the journal.  Writes releases and their files.  Holds the test certificates.
"""

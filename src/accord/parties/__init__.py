"""People and organisations, who speaks for whom, and who may come in.

Reads   the journal and the vault's private store.
Writes  who exists under which identifiers, verified identity, mandates, memberships; the shell's accounts and keys.
Holds   parties by id and identifier; names only in the private store, bound when shown.
"""

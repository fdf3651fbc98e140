"""Reads: nothing above it but the journal and the vault.
Writes: who exists, under which identifiers, who speaks for whom, and the accounts and keys of the shell.
Holds: people and organisations, verified identity, mandates, memberships; names only in the private store."""

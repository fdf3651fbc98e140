"""Reads: parties (who is the licensor), governance (which features exist), its own tables.
Writes: deals opened, terms drafted, approvals, signatures, activations, suspensions, terminations.
Holds: licences as data, and the order in which one comes into force."""

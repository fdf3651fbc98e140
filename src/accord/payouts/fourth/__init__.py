"""The fourth division of pools, for what was closed by order 7: listeners in slices that are picked out of all listens."""

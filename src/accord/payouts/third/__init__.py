"""The third division of pools, for what was closed by orders 5 and 6: the fourth, with listeners and creations by their names."""

"""The second division of pools, for what was closed by order 4: the third by slower rules, to the same micro."""

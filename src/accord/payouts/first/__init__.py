"""The first division of pools and its rules, for what was closed by orders 1 to 3."""

"""Files named by their content, and the private store of personal data.

Reads   nothing.
Writes  content-addressed files (a folder or an object store by URL) and encrypted personal objects.
Holds   deliveries, audio, seals, weights, usage segments; names, prompts and other personal data apart.
"""

"""Django's settings, URLs, base templates and static files; the HTTP API root.

Reads   every room's pages and API.
Writes  nothing of its own.
Holds   settings, problem documents, the look.
"""

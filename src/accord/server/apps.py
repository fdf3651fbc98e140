"""The server's app: when Django is ready, every room's facts and projectors are known."""

from __future__ import annotations

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """Loads the rooms."""

    name = "accord.server"

    def ready(self) -> None:
        """Import facts and projectors in the order of the rooms."""
        from accord.server.rooms import furniture

        furniture("facts")
        furniture("project")

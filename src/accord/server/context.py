"""What every page's template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accord.parties.audience import viewer_of
from accord.parties.viewer import Role
from accord.server.menu import entries


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """The viewer, the menu, the roles' names, and whether this is a demonstration home."""
    viewer = viewer_of(request)
    return {
        "viewer": viewer,
        "menu": entries(viewer, request.path),
        "Role": Role,
        "demonstration": (settings.ACCORD_HOME / "demonstration.json").exists(),
    }

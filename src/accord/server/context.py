"""What every page's template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accord.parties.audience import viewer_of
from accord.parties.viewer import Role


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """The viewer, the roles' names, and whether this is a demonstration home."""
    return {
        "viewer": viewer_of(request),
        "Role": Role,
        "demonstration": (settings.ACCORD_HOME / "demonstration.json").exists(),
    }

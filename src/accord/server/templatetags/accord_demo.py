"""The demonstration's accounts for the sign-in page: read from `demonstration.json`, which only a demo home has."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def demo_accounts() -> list[dict[str, Any]]:
    """[{email, password, title, about}] in a demo home, else nothing."""
    file = settings.ACCORD_HOME / "demonstration.json"
    if not file.exists():
        return []
    accounts: list[dict[str, Any]] = json.loads(file.read_text())["accounts"]
    return accounts

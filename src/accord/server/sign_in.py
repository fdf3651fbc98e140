"""Sign-in: accounts are opened by the platform, so there is no public sign-up page."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from `accord account open`, tied to parties and roles."""
        return False

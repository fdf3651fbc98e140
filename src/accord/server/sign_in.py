"""Sign-in: accounts and their addresses are the platform's, so there is no page to sign up, and none to change an address."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accord.parties.audience import audience
from accord.parties.viewer import Role
from accord.terms.refusal import NotThere


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from `accord account open`, tied to parties and roles."""
        return False


@audience(Role.PUBLIC)
def closed(request: HttpRequest) -> HttpResponse:
    """No page: who got into a sign-in could change where its messages go, and nobody would be told of what follows."""
    raise NotThere("nobody changes the address of a sign-in here", do="ask who runs this instance")

"""Audiences: every page and API operation declares who may call it; others get 404, as if it were not there.

`@audience(Role.LEGAL, Role.PRODUCT)` goes directly above a Django view or a ninja operation. It sets `request.viewer`.
Nobody signed in: an API call gets 401, a page leads to the sign-in page. `Role.PUBLIC` lets everybody in.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accord.parties.viewer import ANYONE, Role, Viewer
from accord.terms.refusal import NotThere

View = TypeVar("View", bound=Callable[..., Any])


class NotSignedIn(Exception):
    """Nobody is signed in, and this needs somebody."""


def audience(*roles: Role) -> Callable[[View], View]:
    """Declare the roles that may call the view."""
    if not roles:
        raise ValueError("an audience names at least one role")

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            viewer = viewer_of(request)
            if _forged(request):
                raise NotSignedIn
            if Role.PUBLIC not in roles and not viewer.has(*roles):
                if viewer.account is not None:
                    raise NotThere(f"there is nothing at `{request.path}`")
                if request.path.startswith("/v1/"):
                    raise NotSignedIn
                return HttpResponseRedirect(f"/accounts/login/?next={quote(request.get_full_path())}")
            return view(request, *args, **kwargs)  # type: ignore[no-any-return]

        guarded.accord_audience = frozenset(roles)  # type: ignore[attr-defined]
        guarded.__signature__ = _resolved(view)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def _resolved(view: Callable[..., Any]) -> inspect.Signature:
    """The view's signature with its annotations as types: ninja would look their names up in this module, not in its."""
    try:
        return inspect.signature(view, eval_str=True)
    except NameError:
        return inspect.signature(view)


def _forged(request: HttpRequest) -> bool:
    """Whether an API call that changes something rides on a browser's session without the page's CSRF token.

    Pages are guarded by Django's middleware; API operations are exempt from it, because keys need no token.
    """
    from ninja.utils import check_csrf

    if not request.path.startswith("/v1/") or request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    if request.headers.get("Authorization") or not getattr(request.user, "is_authenticated", False):
        return False
    return check_csrf(request) is not None


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer behind a request: an API key (`Authorization: Bearer`), else the signed-in account, else anyone."""
    known: Viewer | None = getattr(request, "viewer", None)
    if known is None:
        known = _identify(request)
        request.viewer = known  # type: ignore[attr-defined]
    return known


def _identify(request: HttpRequest) -> Viewer:
    from accord.parties import queries

    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        return queries.viewer_of_key(key.strip()) or ANYONE
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return queries.viewer_of_user(user)
    return ANYONE

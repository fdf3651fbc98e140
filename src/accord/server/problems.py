"""Refusals over HTTP: problem documents (RFC 9457) for the API, a page with the same sentence for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accord.clearance import queries as clearance
from accord.parties.audience import NotSignedIn
from accord.terms.refusal import BadInput, Gone, NotNow, NotThere, Refused

KNOWN = (Refused, BadInput, NotThere, NotNow, NotSignedIn)


def describe(error: Exception) -> dict[str, Any]:
    """The problem document of a known error: type, title, status, detail, and the refusal's own fields."""
    if isinstance(error, Refused):
        refusal = error.refusal
        return {
            **_problem(403, refusal.code, refusal.sentence()),
            "because": refusal.because,
            "hint": refusal.hint,
            "subject": refusal.subject,
            "details": list(refusal.details),
        }
    if isinstance(error, BadInput):
        return {**_problem(400, "bad-input", error.sentence()), "where": error.where, "hint": error.do}
    if isinstance(error, Gone):
        return {**_problem(410, "gone", str(error)), "because": error.what, "hint": error.do}
    if isinstance(error, NotThere):
        return {**_problem(404, "not-there", str(error)), "because": error.what}
    if isinstance(error, NotNow):
        return {**_problem(503, "not-now", error.what), "hint": f"ask again in {error.after_s} s"}
    return _problem(401, "not-signed-in", "this needs an API key or a signed-in account")


def _problem(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }


def problem_response(error: Exception) -> JsonResponse:
    """The document with its media type."""
    document = describe(error)
    headers = {"Retry-After": str(error.after_s)} if isinstance(error, NotNow) else {}
    return JsonResponse(document, status=document["status"], content_type="application/problem+json", headers=headers)


def _in_names(problem: dict[str, Any]) -> dict[str, Any]:
    """The same for people to read: who and what a refusal speaks of by name. A machine reads ids."""
    if problem["status"] != HTTPStatus.FORBIDDEN:
        return problem
    because, hint, *details = clearance.named((problem["because"], problem["hint"], *problem["details"]))
    return {**problem, "because": because, "hint": hint, "details": details}


_HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def _has_nul(request: HttpRequest) -> bool:
    """In the path, the query, a form or a JSON body; uploaded files may hold what they like."""
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    kind = request.content_type or ""
    if kind == "application/json":
        return b"\0" in request.body or b"\\u0000" in request.body
    if kind == "application/x-www-form-urlencoded":
        return b"%00" in request.body or b"\0" in request.body
    return False


def _has_half(request: HttpRequest) -> bool:
    """A surrogate without its other half, which only JSON's escapes can say: `\\ud800`."""
    return request.content_type == "application/json" and bool(_HALF.search(request.body))


class Problems:
    """Middleware: a known error raised by a page becomes a page that says so; on `/v1/` a problem document."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, unless the request holds a NUL or half a character, which no text of ours has and nothing can keep."""
        what = "a NUL character" if _has_nul(request) else "half a character" if _has_half(request) else ""
        if what:
            error = BadInput(f"the request holds {what}", do="send text without it")
            return self.process_exception(request, error) or HttpResponse(status=400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Known errors only; anything else is our fault and stays a 500."""
        if not isinstance(error, KNOWN):
            return None
        if request.path.startswith("/v1/"):
            return problem_response(error)
        problem = _in_names(describe(error))
        return render(request, "server/problem.html", {"problem": problem}, status=problem["status"])

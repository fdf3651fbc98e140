"""The HTTP API's root: every room's router under `/v1`, problem documents for every error."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from accord import __version__
from accord.server.document import Document
from accord.server.problems import KNOWN, problem_response
from accord.server.rooms import furniture


class API(NinjaAPI):
    """Ninja's, described by a document of our own."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Document:
        """What the API is, as data (OpenAPI 3.1)."""
        return Document(self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix)


api = API(
    title="Accord", version=__version__, urls_namespace="v1", description="The rights layer for generative music."
)
for _, module in furniture("api"):
    api.add_router("", module.router)


def _known(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_response(error)


for kind in KNOWN:
    api.add_exception_handler(kind, _known)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [f"`{'.'.join(str(part) for part in fault['loc'][1:])}`: {fault['msg']}" for fault in error.errors]
    document = {
        "type": "/problems/bad-input",
        "title": "Bad Request",
        "status": 400,
        "detail": "; ".join(faults),
        "faults": faults,
    }
    return JsonResponse(document, status=400, content_type="application/problem+json")


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    document = {"type": "about:blank", "title": str(error), "status": error.status_code, "detail": str(error)}
    return JsonResponse(document, status=error.status_code, content_type="application/problem+json")

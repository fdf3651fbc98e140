"""The API's own description (`/v1/openapi.json`, OpenAPI 3.1): what ninja writes of each operation, and what holds for all.

Who may call (`x-accord-audience`; a key is needed unless the public may), that an answer is JSON, and that each no is a problem document.
"""

from __future__ import annotations

import inspect
from typing import Any, get_origin

from django.http.response import HttpResponseBase
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from accord.parties.viewer import Role

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A no, or a fault in what was sent (RFC 9457). `detail` is the sentence for people, `hint` what to do.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
NO: dict[str, Any] = {
    "description": "Not done, and why.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY: dict[str, Any] = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of an account: `accord account key`, or `POST /v1/keys`.",
}
ANY_JSON: dict[str, Any] = {}
SHAPES: dict[Any, dict[str, Any]] = {dict: {"type": "object"}, list: {"type": "array"}}


class Document(OpenAPISchema):
    """What the API is, as data."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """One operation."""
        details: dict[str, Any] = super().operation_details(operation)
        audience = operation.view_func.accord_audience  # type: ignore[attr-defined]
        details["x-accord-audience"] = sorted(audience)
        details["security"] = [{"key": []}, *([{}] if Role.PUBLIC in audience else [])]
        details["responses"] = {
            str(status): _answer(found, operation) for status, found in details["responses"].items()
        }
        details["responses"]["4XX"] = details["responses"]["503"] = NO
        return details

    def get_components(self) -> dict[str, Any]:
        """Every schema by its name, and what a key is."""
        components: dict[str, Any] = super().get_components()
        components["schemas"]["Problem"] = PROBLEM
        components["securitySchemes"] = {"key": KEY}
        return components


def _answer(found: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """With JSON of the shape that the function says it returns; a file or a page says its own type."""
    returned = inspect.signature(operation.view_func).return_annotation
    if inspect.isclass(returned) and issubclass(returned, HttpResponseBase):
        return found
    return {**found, "content": {"application/json": {"schema": SHAPES.get(get_origin(returned), ANY_JSON)}}}

"""Records as JSON for the API (shell): sets of territories by their text, fractions as `n/d`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
from django.http import HttpResponse


def as_json(value: Any, status: int = 200) -> HttpResponse:
    """A JSON response of records."""
    return HttpResponse(msgspec.json.encode(value, enc_hook=_plain), content_type="application/json", status=status)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return value.text()

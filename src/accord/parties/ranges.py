"""A sound over HTTP, whole or the range that a player asks for: without ranges Safari plays nothing and nobody can seek."""

from __future__ import annotations

from typing import BinaryIO

from django.http import HttpRequest, HttpResponse


def ranged(request: HttpRequest, source: BinaryIO, content_type: str, name: str = "") -> HttpResponse:
    """The bytes of `source`, or the one range asked for (RFC 9110, 14.2); with a `name` as a download."""
    size = source.seek(0, 2)
    first, last = _asked(request.headers.get("Range", ""), size)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=300"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if first is not None and first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if first is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    source.seek(first or 0)
    body = source.read(last - (first or 0) + 1)
    return HttpResponse(body, status=200 if first is None else 206, content_type=content_type, headers=headers)


def _asked(header: str, size: int) -> tuple[int | None, int]:
    """The first and last byte asked for; no first byte where the whole is meant. Several ranges get the whole."""
    unit, _, asked = header.partition("=")
    first, _, last = asked.partition("-")
    if unit != "bytes" or "," in asked:
        return None, size - 1
    if first.isdigit():
        return int(first), min(int(last), size - 1) if last.isdigit() else size - 1
    return (max(0, size - int(last)), size - 1) if last.isdigit() else (None, size - 1)

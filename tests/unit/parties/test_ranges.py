"""Sounds over HTTP: the piece that a player asks for."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import RequestFactory

from accord.parties.ranges import ranged

SOUND = bytes(range(100))


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("", 200, SOUND, None),
        ("bytes=0-9", 206, SOUND[:10], "bytes 0-9/100"),
        ("bytes=90-", 206, SOUND[90:], "bytes 90-99/100"),
        ("bytes=-5", 206, SOUND[95:], "bytes 95-99/100"),
        ("bytes=95-500", 206, SOUND[95:], "bytes 95-99/100"),
        ("bytes=100-", 416, b"", "bytes */100"),
        ("bytes=0-1,5-6", 200, SOUND, None),
        ("seconds=1-2", 200, SOUND, None),
        ("bytes=a-b", 200, SOUND, None),
    ],
)
def test_a_player_gets_the_bytes_it_asks_for(asked: str, status: int, body: bytes, said: str | None) -> None:
    """RFC 9110, 14.2: one range is answered with that part and its place in the whole, anything else with the whole."""
    headers = {"range": asked} if asked else None
    answer = ranged(RequestFactory().get("/x", headers=headers), BytesIO(SOUND), "audio/wav")
    assert (answer.status_code, answer.content, answer.headers.get("Content-Range")) == (status, body, said)

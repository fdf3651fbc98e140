"""The ASGI application that granian serves: a lean door for what machines ask all day, Django for everything else.

A lean operation goes from bytes to bytes: at once on the event loop when nothing has to be waited for, else in a thread.
What it does not answer itself goes to Django with the same body, so that every refusal is made in one place.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Thread
from typing import Any

from a2wsgi import WSGIMiddleware

from accord.server.wsgi import application as django  # first: it sets Django up

# isort: split
from django.db import close_old_connections

from accord.clearance import keeping
from accord.clearance import lean as clearances
from accord.journal.makers import behind
from accord.metering import lean as usage
from accord.parties import recognising
from accord.parties.viewer import Viewer
from accord.server.headers import PLAIN
from accord.studio import warming
from accord.terms.refusal import NotNow

Scope, Message = dict[str, Any], dict[str, Any]
Receive, Send = Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]
#: A longer body goes to Django, which refuses what is too long.
LONGEST_BODY = 1 << 20
#: Each door with its threads: senders that wait for the disk stand in nobody else's way.
LEAN = {
    ("POST", "/v1/clearances"): (clearances, ThreadPoolExecutor(4, "clearances")),
    ("POST", "/v1/usage"): (usage, ThreadPoolExecutor(8, "usage")),
}
BODIES = (b"application/json", b"application/cloudevents-batch+json")
HEADERS = [(b"content-type", b"application/json"), *((k.lower().encode(), v.encode()) for k, v in PLAIN.items())]

log = logging.getLogger("accord")
_everything_else = WSGIMiddleware(django, workers=8)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or begin and end with the server."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    found = LEAN.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
    key = _key(scope) if found else None
    if found is None or not key:
        await _everything_else(scope, _coroutine(receive), send)
        return
    door, threads = found
    body, rest = await _body(receive)
    answer = None
    if rest is None:
        viewer = recognising.at_hand(key)
        answer = door.at_hand(viewer, body) if viewer else None
        if answer is None:
            answer = await asyncio.get_running_loop().run_in_executor(threads, _wait_for, door, key, body)
    if answer is None:
        await _everything_else(scope, _again(body, rest, receive), send)
        return
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": answer})


def _coroutine(receive: Receive) -> Receive:
    """The same as a coroutine: the server's own is another awaitable, which the bridge to Django cannot wait for."""

    async def received() -> Message:
        return await receive()

    return received


async def _lifespan(receive: Receive, send: Send) -> None:
    """Hold a lease on what this process answers from memory for as long as it serves; get ready to make takes meanwhile."""
    await receive()
    await asyncio.get_running_loop().run_in_executor(None, keeping.follow)
    await asyncio.get_running_loop().run_in_executor(None, _warn)
    Thread(target=warming.warm, args=(datetime.now(UTC),), daemon=True).start()
    gc.freeze()  # what was loaded stays: looking through it for garbage again and again costs a third of an answer's time
    gc.set_threshold(20_000, 20, 20)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.get_running_loop().run_in_executor(None, keeping.follow_no_more)
    await send({"type": "lifespan.shutdown.complete"})


def _warn() -> None:
    """Say in the server's output when other code made the tables."""
    if sentence := behind():
        log.warning(sentence)
    close_old_connections()


def _wait_for(door: Any, key: str, body: bytes) -> bytes | None:
    close_old_connections()
    try:
        viewer: Viewer | None = recognising.recognise(key)
        return door.answer(viewer, body) if viewer else None  # type: ignore[no-any-return]
    except NotNow:
        return None  # Django meets it again, and says so
    finally:
        close_old_connections()


def _key(scope: Scope) -> str | None:
    """The API key of a request whose body is JSON."""
    found = dict(scope["headers"])
    scheme, _, key = found.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not found.get(b"content-type", BODIES[0]).startswith(BODIES):
        return None
    return key.strip().decode("latin-1")


async def _body(receive: Receive) -> tuple[bytes, Message | None]:
    """The body, and the message that would have made it too long, if one did."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if message["type"] != "http.request" or size > LONGEST_BODY:
            return b"".join(parts), message
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts), None


def _again(body: bytes, rest: Message | None, receive: Receive) -> Receive:
    """What was received, to be received again, and then whatever still comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": rest is not None}, *([rest] if rest else [])]

    async def received() -> Message:
        return waiting.pop(0) if waiting else await receive()

    return received

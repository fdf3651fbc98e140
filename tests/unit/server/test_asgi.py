"""The lean door and Django behind it: the same answers for everybody, byte for byte where it can be told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed

from accord.clearance import keeping, lean
from accord.parties import accounts, recognising
from accord.parties.viewer import Role
from accord.server import asgi

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/clearances"


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    keeping.forget()
    yield
    keeping.forget()


def key_of(*roles: str, parties: tuple[str, ...] = ()) -> str:
    """The key of a new account."""
    name = "-".join((*roles, *parties))
    return accounts.issue_key(accounts.open_account(f"{name}@test.example", "a long test password", roles, parties))


def run(answering: Coroutine[Any, Any, None]) -> None:
    """In a loop of a thread of its own: this one may have a loop already, a browser's."""
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, answering).result()


def called(body: bytes, key: str | None, parts: int = 1, **more: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a POST to the ASGI application, its body sent in several parts."""
    headers = [(b"host", b"testserver"), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if key is not None:
        headers.append((b"authorization", f"Bearer {key}".encode()))
    scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "http_version": "1.1"}
    scope |= {"headers": headers, "scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 1), **more}
    step = max(1, -(-len(body) // parts))
    waiting = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    run(asgi.application(scope, receive, send))
    head = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])


def by_django(body: bytes, key: str | None) -> tuple[int, dict[str, str], bytes]:
    """The same from Django alone."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    answer = Client(headers=headers).post(PATH, body, "application/json")
    return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content


def without_time(body: bytes) -> Any:
    """An answer without what no two of them share: the instant, and the decision's id, which holds it."""
    found = json.loads(body)
    for answer in found.get("answers", ()):
        del answer["at"], answer["decision"]
        answer.pop("shortfalls", None)
    return found


def asked(world: World, **more: Any) -> dict[str, Any]:
    """Train in compose, about everything in the scene."""
    return {
        "assets": [world.id(name) for name in "RQTW"],
        "use": "train",
        "feature": "compose",
        "because": False,
        **more,
    }


def test_law_10_every_role_gets_what_django_would_give_it() -> None:
    """Law 10: the lean door answers whom it should, and nobody else sees more through it."""
    world = agreed()
    body = json.dumps(asked(world)).encode()
    for role in set(Role) - {Role.PUBLIC}:
        key = key_of(role.value)
        lean_status, _, lean_body = called(body, key)
        status, _, full = by_django(body, key)
        assert (lean_status, without_time(lean_body)) == (status, without_time(full)), role


def test_a_rightsholder_gets_its_own_part_alone() -> None:
    """Law 10: who acts for a party is answered by the operation that leaves out what is others'."""
    world = agreed()
    for key in (key_of("rightsholder", parties=(world.id("L"),)), key_of("machine", parties=(world.id("L"),))):
        body = json.dumps(asked(world, assets=[world.id("R")])).encode()
        assert without_time(called(body, key)[2]) == without_time(by_django(body, key)[2])


BODIES = {
    "no JSON": b"{",
    "nothing": b"",
    "another type": b'{"assets": "R", "use": "train", "feature": "compose", "because": false}',
    "an unknown asset": b'{"assets": ["no_such"], "use": "train", "feature": "compose", "because": false}',
    "an unknown use": b'{"assets": [], "use": "eat", "feature": "compose", "because": false}',
    "an unknown feature": b'{"assets": [], "use": "train", "feature": "nope", "because": false}',
    "an unknown territory": b'{"assets": [], "use": "train", "feature": "compose", "territories": "QQ", "because": false}',
    "too many": json.dumps({"assets": ["a"] * 10_001, "use": "train", "feature": "compose", "because": False}).encode(),
    "a body too long": b'{"assets": [], "use": "train", "feature": "compose", "because": false}' + b" " * (1 << 21),
    "half a character": b'{"assets": ["\\ud800"], "use": "train", "feature": "compose", "because": false}',
    "a NUL": b'{"assets": ["\\u0000"], "use": "train", "feature": "compose", "because": false}',
}


def test_bad_input_gets_django_s_sentence() -> None:
    """What the lean door cannot answer goes on with the same body, whole and in parts."""
    agreed()
    key = key_of("machine")
    for name, body in BODIES.items():
        right = by_django(body, key)
        for parts in (1, 3):
            status, head, found = called(body, key, parts)
            assert (status, head["content-type"], found) == (right[0], right[1]["content-type"], right[2]), name


def test_nobody_signed_in_gets_401() -> None:
    """Without a key, and with one that opens nothing, the lean door is not there."""
    world = agreed()
    for key in (None, "accord_000000000000_nothing"):
        status, head, body = called(json.dumps(asked(world)).encode(), key)
        assert status == 401 and head["content-type"] == "application/problem+json", body


def test_the_headers_are_django_s() -> None:
    """What browsers are told with every answer, they are told here too."""
    world, key = agreed(), key_of("machine")
    body = json.dumps(asked(world)).encode()
    _, lean_head, _ = called(body, key)
    _, head, _ = by_django(body, key)
    assert lean_head == {**head, "content-length": lean_head["content-length"]}


def test_law_4_the_answer_at_hand_is_gone_with_the_next_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 4: what was kept answers no question that begins after a no was answered."""
    monkeypatch.setattr(keeping, "between_hosts", lambda: False)  # one host, on either database
    world, viewer = agreed(), recognising.recognise(key_of("machine"))
    assert viewer is not None
    body = json.dumps(asked(world, assets=[world.id("R")])).encode()
    assert lean.at_hand(viewer, body) is None, "nothing is kept yet"
    assert b'"answer":"yes"' in (lean.answer(viewer, body) or b"")
    assert b'"answer":"yes"' in (lean.at_hand(viewer, body) or b"")
    tell("N takes back the yes to train in compose", world=world)
    assert lean.at_hand(viewer, body) is None
    assert b'"answer":"no"' in (lean.answer(viewer, body) or b"")
    assert b'"answer":"no"' in (lean.at_hand(viewer, body) or b"")


def test_pages_come_through_as_before() -> None:
    """Everything else is Django's: a page, with its own headers."""
    status, head, body = called(b"", None, method="GET", path="/verify")
    assert status == 200 and head["content-type"].startswith("text/html") and b"<html" in body


class Awaited:
    """What granian's `receive` gives: awaitable, and no coroutine."""

    def __init__(self, message: dict[str, Any]) -> None:
        self.message = message

    def __await__(self) -> Any:
        yield from asyncio.sleep(0).__await__()
        return self.message


def test_a_form_goes_to_django_whatever_the_servers_receive_is() -> None:
    """Signing in by the form, the body awaited as granian gives it: answered by Django, and not a fault of ours."""
    body = b"login=nobody%40demo.example&password=wrong"
    headers = [(b"host", b"testserver"), (b"content-length", b"%d" % len(body))]
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    scope = {"type": "http", "method": "POST", "path": "/accounts/login/", "query_string": b"", "http_version": "1.1"}
    scope |= {"headers": headers, "scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 1)}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    run(asgi.application(scope, lambda: Awaited({"type": "http.request", "body": body}), send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 403, "without the page's token the form is refused, in the site's own words"

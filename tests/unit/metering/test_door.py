"""Usage through the server's lean door and through Django: the same answers; batches that wait are written together."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection
from django.test import Client
from tests.unit.metering.made import AT, event
from tests.unit.server.test_asgi import called, key_of

from accord.journal.queries import facts_of
from accord.metering import actions, door, queries
from accord.metering.reading import read_lines
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db(transaction=True)


def post(body: bytes, key: str | None) -> tuple[int, dict]:
    """Through the ASGI application."""
    status, _, answer = called(body, key, path="/v1/usage")
    return status, json.loads(answer)


def test_a_batch_goes_in_by_the_lean_door(monkeypatch):
    """Bytes to bytes, without Django: what was counted, what was not and why; a second time all of it is known."""
    key = key_of("machine")
    body = json.dumps([event("e1", source=None), event("e2", kind="hum"), "no event"]).encode()
    monkeypatch.setattr("accord.server.asgi._everything_else", None)
    status, first = post(body, key)
    assert (status, first["accepted"], first["duplicates"], len(first["segments"])) == (200, 1, 0, 1)
    assert [one["line"] for one in first["rejected"]] == [2, 3]
    status, again = post(body, key)
    assert (again["accepted"], again["duplicates"], again["segments"]) == (0, 1, [])
    assert queries.events()["source"].to_pylist()[0].startswith("urn:accord:acc_")


def test_a_body_that_is_no_batch_is_said_by_django():
    """One sentence, a problem document, and nothing counted."""
    key = key_of("machine")
    for body in (b"{", b'{"id": 1}', b"", json.dumps([event()] * 10_001).encode()):
        status, problem = post(body, key)
        assert (status, problem["type"]) == (400, "/problems/bad-input") and problem["detail"]
    assert queries.segments() == []


def test_both_doors_say_the_same_byte_for_byte():
    """What was counted before, what is turned away, and what is no batch: by the lean door and by Django behind it."""
    key = key_of("machine")
    use = {"feature": "blend", "creation": "cre_1", "territory": "DE"}
    envelope = {"specversion": "1.0", "source": "s", "type": "org.accord.usage.listen", "time": "2026-08-01T12:00:00Z"}
    plain = [envelope | {"id": f"p{n}", "data": use | {"seconds": n}} for n in range(3)]
    mixed = [*plain, plain[0] | {"data": use}, event("e1"), event("e1", at="2031-01-01T00:00:00Z"), 7]
    bodies = [json.dumps(one).encode() for one in (plain, mixed, [], {"id": 1}, [event()] * 10_001)]
    for body in (*bodies, b"[", b"\xff", b""):
        called(body, key, path="/v1/usage")  # what is good in it is counted
        status, _, answer = called(body, key, path="/v1/usage")
        through = Client().post("/v1/usage", body, "application/json", headers={"Authorization": f"Bearer {key}"})
        assert (status, answer) == (through.status_code, through.content)


def test_only_machines_and_administrators_send():
    """Others are refused as by Django, and nothing is counted."""
    body = json.dumps([event()]).encode()
    assert [post(body, key)[0] for key in (key_of("finance"), None)] == [404, 401]
    assert queries.segments() == []


def test_a_full_disk_is_said_and_the_batch_can_be_sent_again(monkeypatch):
    """503 with a sentence; nothing of it counts; a disk with room takes it whole."""

    def full(data):
        raise OSError(28, "No space left on device")

    key, body = key_of("machine"), json.dumps([event("e1"), event("e2")]).encode()
    with monkeypatch.context() as patch:
        patch.setattr(vault, "put", full)
        status, problem = post(body, key)
    assert status == 503 and "No space left on device" in problem["detail"] and "send it again" in problem["detail"]
    assert queries.segments() == []
    assert post(body, key)[1]["accepted"] == 2


@pytest.mark.django_db
def test_a_commit_reaches_the_disk():
    """SQLite syncs its log at each commit; on PostgreSQL what the server says about that is left as it is."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT source FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
            assert not {source for (source,) in cursor.fetchall()} & {"session", "client", "user", "database"}
        else:
            asked = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
            assert asked == ["wal", 2]


def batch(number: int) -> actions.Batch:
    """Three events, one of them in every batch."""
    lines = [json.dumps(event(id)).encode() for id in ("same", f"a{number}", f"b{number}")]
    return actions.checked(read_lines(lines, "x"), AT, f"acc_{number % 2}")


@pytest.mark.django_db
def test_batches_that_wait_are_written_together():
    """Two senders, six batches, one commit: a segment for each sender, and every batch is answered for itself."""
    reports = actions.count([batch(number) for number in range(6)])
    assert [one.accepted for one in reports] == [3, 2, 2, 2, 2, 2]
    assert [one.duplicates for one in reports] == [0, 1, 1, 1, 1, 1]
    entries = list(facts_of("metering.segment-appended"))
    assert [(entry.actor, entry.fact.rows, entry.fact.duplicates) for entry in entries] == [
        ("acc_0", 7, 2),
        ("acc_1", 6, 3),
    ]


def test_whoever_waits_is_carried_by_the_next_turn():
    """While one commit runs, others gather; the next commit takes all of them, and a fault of it is told to each."""
    free, busy, commits = threading.Event(), threading.Event(), []

    def commit(batches):
        commits.append(len(batches))
        busy.set()
        free.wait(10)
        if len(commits) == 2:
            raise OSError(28, "No space left on device")
        return actions.count(batches)

    together, told = door.Together(commit), []

    def send(number):
        try:
            told.append(together.send(batch(number)).accepted)
        except OSError as fault:
            told.append(fault.errno)

    senders = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    senders[0].start()
    assert busy.wait(10)
    for one in senders[1:]:
        one.start()
    while len(together._waiting) < 3:
        pass
    free.set()
    for one in senders:
        one.join(10)
    assert commits == [1, 3] and told == [3, 28, 28, 28]
    assert together.send(batch(1)).accepted == 2


@pytest.mark.django_db
def test_a_batch_that_is_none_is_bad_input():
    """In process as over HTTP."""
    with pytest.raises(BadInput, match="not a JSON array"):
        door.take(b"7", "acc_1", AT)

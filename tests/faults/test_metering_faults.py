"""Metering under faults: a process killed at any instant loses nothing it acknowledged and counts nothing twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.unit.metering.made import ACTOR, AT, event

from accord.metering import actions, queries
from accord.vault import actions as vault

ROUNDS = 8
PROGRAM = """
import json, os, sys
import django
django.setup()
from datetime import UTC, datetime
from accord.metering import actions
at = datetime(2026, 10, 1, tzinfo=UTC)
os.write(1, b"ready\\n")
for line in sys.stdin:
    batch = json.loads(line)
    actions.ingest([json.dumps(one).encode() for one in batch], "test", at, "acc_1")
    os.write(1, b"%s\\n" % batch[0]["id"].encode())
"""
COUNT = """
import django, json
django.setup()
from accord.metering import queries
print(json.dumps(queries.events()["id"].to_pylist()))
"""
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def start(home: Path, code: str, lines: str = "") -> subprocess.Popen:
    """A process of its own on a home of its own, with SQLite and the few rooms it needs; `lines` are its input."""
    env = os.environ | {
        "ACCORD_HOME": str(home),
        "ACCORD_VAULT": f"file://{home}/vault",
        "ACCORD_ROOMS": "journal,vault,engine,metering",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
    }
    (home / "input").write_text(lines)
    with open(home / "input") as source:
        return subprocess.Popen([sys.executable, "-c", code], env=env, stdin=source, stdout=subprocess.PIPE, text=True)


def test_a_killed_ingest_loses_nothing_it_acknowledged_and_counts_nothing_twice(tmp_path):
    """kill -9 at random instants, what was not acknowledged sent again: every event counts exactly once."""
    start(tmp_path, MIGRATE).communicate()
    rng = random.Random(4)
    batches = {f"b{n:03d}-0": [event(f"b{n:03d}-{m}") for m in range(10)] for n in range(400)}
    acknowledged: set[str] = set()
    for number in range(ROUNDS):
        waiting = [json.dumps(one) + "\n" for first, one in batches.items() if first not in acknowledged]
        if not waiting:
            break
        process = start(tmp_path, PROGRAM, "".join(waiting))
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        if number % 2:  # somewhere after the first answer; else anywhere, often before it
            acknowledged.add(process.stdout.readline().strip())
        threading.Timer(rng.uniform(0.001, 0.3), process.kill).start()
        acknowledged.update(process.communicate()[0].split())
    counted = json.loads(start(tmp_path, COUNT).communicate()[0])
    assert len(counted) == len(set(counted)), "an event was counted twice"
    acknowledged.discard("")
    assert acknowledged, "nothing was acknowledged before the kills"
    sent = {first: {one["id"] for one in batch} for first, batch in batches.items()}
    for first in acknowledged:
        assert sent[first] <= set(counted), "an acknowledged event is lost"
    for ids in sent.values():
        assert ids <= set(counted) or not ids & set(counted), "half a batch was kept"
    again = [*sorted(acknowledged)[:20], *sorted(set(batches) - acknowledged)[:20]]
    start(tmp_path, PROGRAM, "".join(json.dumps(batches[first]) + "\n" for first in again)).communicate()
    counted = json.loads(start(tmp_path, COUNT).communicate()[0])
    assert len(counted) == len(set(counted)), "an event was counted twice when it was sent again"
    assert all(sent[first] <= set(counted) for first in [*again, *acknowledged])


@pytest.mark.django_db
def test_a_vault_that_fails_leaves_nothing(monkeypatch):
    """Disk full while the segment is written: no fact, no key, and the same batch goes in afterwards."""

    def full(data):
        raise OSError(28, "No space left on device")

    batch = [json.dumps(event("e1")).encode()]
    with monkeypatch.context() as patch:
        patch.setattr(vault, "put", full)
        with pytest.raises(OSError, match="No space left"):
            actions.ingest(batch, "x", AT, ACTOR)
    assert queries.segments() == []
    assert actions.ingest(batch, "x", AT, ACTOR).accepted == 1


@pytest.mark.django_db
def test_a_fault_after_the_file_was_written_leaves_a_file_that_no_fact_names(monkeypatch):
    """The transaction ends before its commit: the file is there, counts for nothing, and is used the second time."""
    from accord.metering import seen

    def broken(keys, segment):
        raise RuntimeError("killed here")

    batch = [json.dumps(event("e1")).encode()]
    with monkeypatch.context() as patch:
        patch.setattr(seen, "remember", broken)
        with pytest.raises(RuntimeError):
            actions.ingest(batch, "x", AT, ACTOR)
    assert queries.segments() == [] and queries.events().num_rows == 0
    report = actions.ingest(batch, "x", AT, ACTOR)
    assert (report.accepted, report.duplicates) == (1, 0)

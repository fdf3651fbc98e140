"""Metering under faults: a process killed at any instant loses nothing it acknowledged and counts nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.metering.made import ACTOR, AT, event

from accord.metering import actions, queries
from accord.vault import actions as vault

KILLS = 200
ROOT = Path(__file__).parents[2]


def run_program(home: Path, batches: dict[str, list], kills: int, seed: int) -> tuple[set[str], list[str]]:
    """(what was acknowledged, what is counted) of ingest processes on a home of their own, two at a time, each killed."""
    env = os.environ | {
        "ACCORD_HOME": str(home),
        "ACCORD_VAULT": f"file://{home}/vault",
        "ACCORD_ROOMS": "journal,vault,engine,metering",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
    }
    given = json.dumps([batches, kills, seed])
    command = [sys.executable, "-m", "tests.faults.killed_ingest"]
    done = subprocess.run(command, env=env, cwd=ROOT, input=given, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    acknowledged, counted = json.loads(done.stdout)
    return set(acknowledged), counted


def test_two_hundred_kills_lose_nothing_acknowledged_and_count_nothing_twice(tmp_path):
    """kill -9 at random instants, two senders at once, batches that share events, all sent again until acknowledged."""
    # neighbouring batches overlap by half, so that what one sender counted another sends in another batch
    batches = {f"b{n:04d}": [event(f"e{5 * n + m:05d}") for m in range(10)] for n in range(20_000)}
    acknowledged, counted = run_program(tmp_path, batches, KILLS, seed=4)
    assert len(counted) == len(set(counted)), "an event was counted twice"
    assert 10 < len(acknowledged) < len(batches), "the kills came before anything, or after everything"
    for name in acknowledged:
        assert {one["id"] for one in batches[name]} <= set(counted), "an acknowledged event is lost"
    known = set(counted)
    fresh = {name: [one for one in batch if one["id"] not in known] for name, batch in batches.items()}
    halves = [name for name, left in fresh.items() if 0 < len(left) < 10 and not _shared(name, left, batches, known)]
    assert not halves, "half a batch was kept"


def _shared(name: str, left: list, batches: dict[str, list], known: set[str]) -> bool:
    """Whether the part of a batch that is counted came in with a neighbour of it."""
    counted = {one["id"] for one in batches[name]} - {one["id"] for one in left}
    number = int(name[1:])
    sides = [batches.get(f"b{number + step:04d}", []) for step in (-1, 1)]
    return any(counted <= {one["id"] for one in side} <= known for side in sides)


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

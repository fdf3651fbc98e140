"""Metering under faults: a process killed at any instant loses nothing it acknowledged and counts nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import psycopg
import pytest
from tests.faults.killed_ingest import BATCHES, ids
from tests.unit.metering.made import ACTOR, AT, event

from accord.metering import actions, queries
from accord.vault import actions as vault

KILLS = 200
ROOT = Path(__file__).parents[2]


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database of our own where these tests run: a file of the home, or one beside the tests'."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield ""
        return
    name = f"killed_{os.getpid()}"
    server = psycopg.connect(urlparse(url)._replace(path="/postgres").geturl(), autocommit=True)
    server.execute(f"CREATE DATABASE {name}")
    try:
        yield urlparse(url)._replace(path=f"/{name}").geturl()
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


def run_program(home: Path, url: str, kills: int, seed: int) -> list:
    """What `killed_ingest` prints, on a home of its own."""
    env = os.environ | {
        "ACCORD_HOME": str(home),
        "ACCORD_VAULT": f"file://{home}/vault",
        "ACCORD_ROOMS": "journal,vault,engine,metering",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
    }
    command = [sys.executable, "-m", "tests.faults.killed_ingest"]
    given = json.dumps([kills, seed])
    done = subprocess.run(command, env=env, cwd=ROOT, input=given, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_two_hundred_kills_and_full_disks_lose_nothing_acknowledged_and_count_nothing_twice(tmp_path):
    """kill -9 at random instants, two senders at once, batches that share events, sent again until acknowledged."""
    with database() as url:
        acknowledged, within, kept, refused, counted = run_program(tmp_path, url, KILLS, seed=4)
    known = set(counted)
    assert len(counted) == len(known), "an event was counted twice"
    assert len(acknowledged) > 50 and within > KILLS // 2, "the kills came before anything, or between batches"
    assert refused, "no disk was full"
    for number in [*acknowledged, *kept, *refused]:
        assert known.issuperset(ids(number)), "an acknowledged event is lost"
    for number in range(BATCHES):
        part = known.intersection(ids(number))
        assert len(part) in (0, 10) or _came_with_a_neighbour(part, number, known), "half a batch was kept"


def _came_with_a_neighbour(part: set[str], number: int, known: set[str]) -> bool:
    """Whether each counted part of a batch is in a neighbour of it that is counted whole."""
    whole = [set(ids(side)) for side in (number - 1, number + 1) if known.issuperset(ids(side))]
    return part <= set().union(*whole)


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

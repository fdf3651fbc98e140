"""Senders that are killed: `python -m tests.faults.killed_ingest` with [batches, kills, seed] as JSON on standard input.

Two at a time, each a process of its own; prints [batches acknowledged, ids counted] when enough of them were killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django

AT = datetime(2026, 10, 1, tzinfo=UTC)
LONGEST_LIFE_S = 0.35


def send(ingest: Callable, batches: dict[str, list], names: list[str], out: int) -> None:
    """What a sender does until it is killed: send, and say what was acknowledged. It never returns."""
    try:
        for name in names:
            ingest([json.dumps(one).encode() for one in batches[name]], "test", AT, "acc_1")
            os.write(out, f"{name}\n".encode())
    finally:
        os._exit(1)


def spawn(ingest: Callable, batches: dict[str, list], acknowledged: set[str], rng: random.Random) -> tuple[int, int]:
    """A sender of what is not acknowledged, in an order of its own, and now and then of what was; (its id, its words)."""
    from django.db import connections

    names = sorted(set(batches) - acknowledged) + rng.sample(sorted(acknowledged), min(3, len(acknowledged)))
    rng.shuffle(names)
    into, out = os.pipe()
    connections.close_all()
    child = os.fork()
    if child == 0:
        send(ingest, batches, names, out)
    os.close(out)
    return child, into


def main() -> None:
    """Kill as many as were asked for."""
    django.setup()
    from django.core.management import call_command

    from accord.metering import actions, queries

    call_command("migrate", verbosity=0)
    batches, kills, seed = json.load(sys.stdin)
    rng = random.Random(seed)
    actions.ingest(
        [json.dumps(next(iter(batches.values()))[0] | {"id": "first"}).encode()], "test", AT, "acc_1"
    )  # what is loaded on first use is loaded before any sender is born
    acknowledged: set[str] = set()
    for _ in range(kills // 2):
        for child, into in [spawn(actions.ingest, batches, acknowledged, rng) for _ in range(2)]:
            time.sleep(rng.uniform(0, LONGEST_LIFE_S))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            with os.fdopen(into) as said:
                acknowledged.update(said.read().split())
    print(json.dumps([sorted(acknowledged), queries.events()["id"].to_pylist()]))


if __name__ == "__main__":
    main()

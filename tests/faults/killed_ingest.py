"""Senders that die: `python -m tests.faults.killed_ingest`, with [kills, seed] as JSON on standard input.

First, senders two at a time, each a process of its own, each killed at a random instant after it has begun; then senders
whose disk is full after so many bytes of a file. Prints [batches acknowledged, kills within a batch, acknowledged of the
full disks, refused by them, ids counted].
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import django

AT = datetime(2026, 10, 1, tzinfo=UTC)
LONGEST_LIFE_S = 0.06  # to begin with, after the first batch was begun; lengthened while nothing is acknowledged
BATCHES = 4000  # more than so many lives can send
LAST = 10 * BATCHES  # where the batches of the full disks begin
FULL_AFTER_BYTES = (1 << 10, 40 << 10, 400 << 10)  # less than a segment; somewhere in the database's log, twice


def batch(number: int) -> list[bytes]:
    """Ten events; neighbouring batches share five, so that what one sender counted another sends in another batch."""
    use = {"source": "s", "kind": "listen", "feature": "f", "creation": "c", "territory": "DE"}
    use |= {"at": "2026-08-01T12:00:00Z"}
    return [json.dumps(use | {"id": event_id}).encode() for event_id in ids(number)]


def ids(number: int) -> list[str]:
    """The ids of a batch's events."""
    return [f"e{5 * number + n:06d}" for n in range(10)]


def send(ingest: Callable, numbers: Iterable[int], out: int) -> None:
    """Until it dies: say what is begun, send it, say what was acknowledged or refused. It never returns."""
    try:
        for number in numbers:
            os.write(out, f"begun {number}\n".encode())
            try:
                ingest(batch(number), "test", AT, "acc_1")
                os.write(out, f"acknowledged {number}\n".encode())
            except Exception as fault:  # noqa: BLE001  # whatever a full disk makes of it
                os.write(out, f"refused {number} {type(fault).__name__}\n".encode())
    finally:
        os._exit(0)


def spawn(ingest: Callable, numbers: Iterable[int], file_bytes: int = resource.RLIM_INFINITY) -> tuple[int, int]:
    """A sender whose files cannot grow beyond `file_bytes`: (its process, where it speaks)."""
    from django.db import connections

    into, out = os.pipe()
    connections.close_all()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))
        send(ingest, numbers, out)
    os.close(out)
    return child, into


def heard(into: int, before: bytes = b"") -> dict[str, list[int]]:
    """What a sender said, to its end: word → batches. `before` was heard already."""
    words: dict[str, list[int]] = {"begun": [], "acknowledged": [], "refused": []}
    with os.fdopen(into) as said:
        for line in (before.decode() + said.read()).splitlines():
            word, number = line.split()[:2]
            words[word].append(int(number))
    return words


def kill_senders(ingest: Callable, kills: int, rng: random.Random) -> tuple[set[int], int]:
    """(batches acknowledged, how many senders were killed within a batch)."""
    acknowledged: set[int] = set()
    within, life_s = 0, LONGEST_LIFE_S
    for _ in range(kills // 2):
        pair, before = [], len(acknowledged)
        for _ in range(2):
            left = rng.sample(sorted(set(range(BATCHES)) - acknowledged), 100)
            pair.append(
                spawn(ingest, left[:2] + rng.sample(sorted(acknowledged), min(2, len(acknowledged))) + left[2:])
            )
        for child, into in pair:
            first = os.read(into, 6)  # it has begun
            time.sleep(rng.uniform(0, life_s))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            words = heard(into, first)
            acknowledged.update(words["acknowledged"])
            within += len(words["begun"]) > len(words["acknowledged"])
        life_s *= 0.97 if len(acknowledged) > before else 1.2  # a machine may be busy: kills belong around the commit
    return acknowledged, within


def main() -> None:
    """Kill as many as were asked for, then fill as many disks as there are."""
    django.setup()
    from django.core.management import call_command

    from accord.metering import actions, queries

    call_command("migrate", verbosity=0)
    kills, seed = json.load(sys.stdin)
    actions.ingest(
        batch(2 * LAST), "test", AT, "acc_1"
    )  # what is loaded on first use is loaded before any sender is born
    acknowledged, within = kill_senders(actions.ingest, kills, random.Random(seed))
    filled: dict[str, list[int]] = {"acknowledged": [], "refused": []}
    for place, limit in enumerate(FULL_AFTER_BYTES):
        numbers = [LAST + 100 * place + n for n in range(40)]
        child, into = spawn(actions.ingest, numbers, limit)
        words = heard(into)
        os.waitpid(child, 0)
        for word, said in filled.items():
            said += words[word]
        for number in words["refused"]:  # with room again: what was refused goes in, whole
            actions.ingest(batch(number), "test", AT, "acc_1")
    print(json.dumps([sorted(acknowledged), within, *filled.values(), queries.events()["id"].to_pylist()]))


if __name__ == "__main__":
    main()

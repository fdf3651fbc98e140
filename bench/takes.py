"""One piece made, handed in, attributed and released in this process, each part timed where it is called (shell).

Inside a take a part's processor time is that of the thread which does it, so parts that run beside each other are not
counted twice; of the whole take, and of what comes after it, it is that of the process, all its threads together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import accord

accord.open(None)

# isort: split
from accord.attribution import actions as attributions
from accord.integrity import actions as integrity
from accord.parties.viewer import SYSTEM
from accord.provenance import actions as provenance
from accord.studio import actions, loudness, making, queries
from accord.training import queries as training
from accord.training.generator import Request, ScoreModel

#: Where each part is called from while a take is made: (owner, name).
BEFORE = {
    "may the model serve (its whole set decided again)": [(training, "check_serving")],
    "sampling: the model writes": [(ScoreModel, "generate")],
    "rendering: the SoundFont plays": [(making, "render")],
    "mastering: loudness and true peak": [(loudness, "mastered"), (making, "_measured")],
    "encoding and storing": [(making, "_kept")],
    "checks: fingerprints and melodies": [(integrity, "check")],
}
AFTER = ["handing in (clearance decided again)", "attribution", "release: encoding and signing"]
Timed = tuple[str, float, float]


def one(seed: int, at: datetime) -> Iterator[Timed]:
    """(part, seconds on the clock, seconds of processor time); the last ones come after the piece can be heard."""
    creator = next(row for row in queries.sessions(SYSTEM) if row.feature == "compose").creator
    asked = Request(key="C major", metre=(4, 4), tempo_bpm=100, instruments=(0, 42), bars=16, seed=seed)
    session = actions.open_session(creator, "compose", at, "bench")
    with watched() as spent:
        took: list[Timed] = []
        take = timed(took, "click to checked", lambda: actions.make(session, asked, None, at, "bench"))
    inside = [(name, sum(c for c, _ in spent[name]), sum(p for _, p in spent[name])) for name in BEFORE]
    yield from inside
    yield from took
    creation = timed(took, AFTER[0], lambda: actions.submit(take, at, "bench", f"Bench {seed}"))
    timed(took, AFTER[1], lambda: attributions.attribute(creation, at, "bench"))
    timed(took, AFTER[2], lambda: provenance.release(creation, at, "bench"))
    yield from took[1:]


def timed(into: list[Timed], name: str, work: Callable[[], Any]) -> Any:
    """What `work` gives; how long it took is added."""
    clock, processor = time.perf_counter(), time.process_time()
    found = work()
    into.append((name, time.perf_counter() - clock, time.process_time() - processor))
    return found


@contextmanager
def watched() -> Iterator[dict[str, list[tuple[float, float]]]]:
    """Part → what each call of it took, while this is open."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in BEFORE}
    kept = [(owner, name, getattr(owner, name)) for places in BEFORE.values() for owner, name in places]
    for part, places in BEFORE.items():
        for owner, name in places:
            setattr(owner, name, _watching(getattr(owner, name), spent[part]))
    try:
        yield spent
    finally:
        for owner, name, before in kept:
            setattr(owner, name, before)


def _watching(work: Callable[..., Any], spent: list[tuple[float, float]]) -> Callable[..., Any]:
    def doing(*args: Any, **named: Any) -> Any:
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            return work(*args, **named)
        finally:
            spent.append((time.perf_counter() - clock, time.thread_time() - processor))

    return doing

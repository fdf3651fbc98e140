"""Closes that are killed: `python -m tests.faults.killed_close` on an empty ACCORD_HOME.

Story 6 is made; its quarter is closed by one process after another, each killed at another step; then two close it at
once, while a third sends usage. Prints as JSON what stood after each kill and at the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import accord

#: what each try said of its steps, a line each: its process, the step
SAID = os.path.join(os.environ["ACCORD_HOME"], "said.txt")
LATER = datetime(2026, 8, 2, tzinfo=UTC)


def child(work: Callable[[], Any]) -> int:
    """Do something in a process of its own; its exit code, or minus the signal that ended it."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return pid


def ended(pid: int) -> int:
    """Wait for a child: 0 done, 1 refused or failed, -9 killed."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die() -> None:
    """Be killed, as by the machine."""
    os.kill(os.getpid(), signal.SIGKILL)


def close(until_step: int | None = None, before_the_end: bool = False) -> None:
    """Close the quarter of the story; die at a step, or after everything is written and before it is committed."""
    from tests.unit.payouts.house import ACTOR, CLOSING

    from accord.payouts import actions

    steps: list[str] = []

    def step(words: str) -> None:
        steps.append(words)
        with open(SAID, "a") as said:
            said.write(f"{os.getpid()} {words}\n")
        if len(steps) == until_step:
            die()

    if before_the_end:
        actions._note_escrow = lambda *given: die()
    actions.close("2026-Q3", CLOSING, ACTOR, step)


def partition(line: str) -> tuple[str, str]:
    """`(process, step)`."""
    process, _, words = line.strip().partition(" ")
    return process, words


def standing() -> dict[str, Any]:
    """What the books and the journal say."""
    from accord.journal.actions import verify
    from accord.parties.viewer import SYSTEM
    from accord.payouts import queries

    balance = queries.trial_balance()
    return {
        "closed": [one.period for one in queries.periods()],
        "zero": balance.zero,
        "postings": balance.postings,
        "paid": {head.party: head.payable_micros for head in queries.statements(SYSTEM)},
        "faults": list(verify().faults),
    }


def main() -> None:
    """The kills, then two at once."""
    accord.open(os.environ["ACCORD_HOME"])
    from tests.unit.payouts.house import listen, story_6

    from accord.payouts import actions, queries

    ids = story_6()
    after = []
    for number in range(1, actions.STEPS + 1):
        after.append([ended(child(lambda at=number: close(at))), standing()])
    after.append([ended(child(lambda: close(before_the_end=True))), standing()])
    with open(SAID) as said:
        tries = [[words for _, words in lines] for _, lines in groupby(map(partition, said), itemgetter(0))]
    three = [child(close), child(close), child(lambda: listen(*["cre_2"] * 50, at=LATER))]
    codes = [ended(pid) for pid in three]
    late = [[one.period, *one.because] for one in queries.late()]
    print(json.dumps({"ids": ids, "after": after, "tries": tries, "codes": codes, "late": late, "end": standing(),
                      "counted": queries.closed("2026-Q3").events, "same": queries.reproduce("2026-Q3").same}))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

"""Merges that die: `python -m tests.faults.killed_merge HOME`. The last process says that nothing was lost by it."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime

import accord

AT = datetime(2026, 7, 1, tzinfo=UTC)


def killed(where: str) -> None:
    """Fork a merge that kills itself at the vault's put or at the journal's append, and wait for it."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, where
        return
    from accord.integrity import actions
    from accord.journal.actions import Writer
    from accord.vault import actions as vault

    plain = vault.os.replace

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "put":
        vault.os.replace = die
    elif where == "append":
        Writer.append = die  # type: ignore[method-assign,assignment]
    else:
        vault.os.replace = lambda *names: (plain(*names), die())[0]
    actions.merge_index(AT, "acc_test", 2)
    os._exit(0)


def main() -> None:
    """Two segments; merges that die at three places; then one that does not."""
    accord.open(sys.argv[1])
    from tests.unit.integrity.music import RATE_HZ, song
    from tests.unit.integrity.scenes import recording

    from accord.integrity import actions, queries
    from accord.integrity.identify import identify
    from accord.journal.actions import verify

    made = [recording(f"R{n}", song(n, 15)) for n in range(2)]
    for asset in made:
        actions.index_recording(asset, AT, "acc_test")
    for where in ("put", "stored", "append"):
        killed(where)
        index = queries.index()
        assert (len(index.segments), set(index.recordings)) == (2, set(made)), where
        assert [m.recording for m in identify(song(1, 12), RATE_HZ, index)] == made[1:], where
    assert actions.merge_index(AT, "acc_test", 2) == 2 and len(queries.index().segments) == 1
    assert [m.recording for m in identify(song(1, 12), RATE_HZ, queries.index())] == made[1:]
    assert verify().faults == ()


if __name__ == "__main__":
    main()

"""Rights: what a claim is a claim to.

A recording has one right here, its master. A work has three (CISAC CWR 2.2, SPU/SWR share fields): mechanical (MR),
performing (PR) and synchronisation (SR).
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One right in a recording or a work."""

    MASTER = "master"
    MR = "MR"
    PR = "PR"
    SR = "SR"

    @property
    def of_work(self) -> bool:
        """Whether this is a right in a work (the publishing side)."""
        return self is not Right.MASTER


WORDS: dict[Right, str] = {
    Right.MASTER: "the master",
    Right.MR: "the mechanical right",
    Right.PR: "the performing right",
    Right.SR: "the synchronisation right",
}

"""What can have happened in attribution."""

from __future__ import annotations

from accord.attribution.records import ShareRow
from accord.journal.facts import Fact, fact


@fact("attribution.creation-attributed", version=1)
class CreationAttributed(Fact, frozen=True, kw_only=True):
    """A creation's shares were computed; a later one replaces them. `evidence` is a file in the vault.

    `method_version` is the version of our rules, `split_version` that of the feature's published split.
    """

    creation: str
    feature: str
    total_units: int
    rows: tuple[ShareRow, ...]
    method_version: str
    split_version: int
    evidence: str | None = None

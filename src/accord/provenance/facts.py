"""What can have happened in provenance."""

from __future__ import annotations

from accord.journal.facts import Fact, fact
from accord.provenance.records import (
    Agreed,
    Disclosure,
    MadeWith,
    Outside,
    PublicDeal,
    ReleasedFile,
    Share,
    Source,
    Written,
)
from accord.terms.territory import TerritorySet


@fact("provenance.release-issued")
class ReleaseIssued(Fact, frozen=True, kw_only=True):
    """A creation was released. This fact travels inside its files, so everything in it is public: ids, no names, no money.

    `files` name digests of the sound; the files carry this fact's proof, so their own digests cannot stand in it.
    `fingerprint` names a segment in the vault by which the sound is found again when a file lost its credentials.
    `seal_digest` names the manifest of the set a model learned from: `learned_works` works, each with its decision.
    `outside` says what is known of a model that was trained elsewhere: who is in what it learned from is not.
    `made_with` are creations of others that are heard in it, `written` what models wrote that is heard in a mix: `model`, `seal`
    and `outside` are of a piece that one model wrote alone.
    `known` is the journal position the release was decided at: a revocation after it is not in here.
    """

    release: str
    creation: str
    feature: str
    creator: str
    title: str
    files: tuple[ReleasedFile, ...]
    duration_s: float
    fingerprint: str
    territories: TerritorySet
    known: int
    sources: tuple[Source, ...]
    model: str | None
    seal: str | None
    seal_digest: str | None
    learned_works: int
    shares: tuple[Share, ...]
    total_units: int
    attribution_version: str
    deals: tuple[PublicDeal, ...]
    agreed: tuple[Agreed, ...]
    decisions: tuple[str, ...]
    label: str
    disclosure: Disclosure
    demonstration: bool
    outside: Outside | None = None
    made_with: tuple[MadeWith, ...] = ()
    written: tuple[Written, ...] = ()


@fact("provenance.release-withdrawn")
class ReleaseWithdrawn(Fact, frozen=True, kw_only=True):
    """A release is no longer offered; files that left the house stay what they are."""

    release: str
    reason: str


@fact("provenance.fingerprints-merged")
class FingerprintsMerged(Fact, frozen=True, kw_only=True):
    """One segment in the vault by which these releases are found by sound from here on, instead of the files they were in."""

    segment: str
    releases: tuple[str, ...]

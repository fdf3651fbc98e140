"""What training hands out: sealed sets, what was left out of them and why, models and their standing (pure)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from accord.terms.instant import Instant
from accord.terms.territory import TerritorySet


class SealedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One asset in a sealed set, on the strength of one decision.

    `cluster` is shared by near-duplicates; `digest` is the content that may be learned from (vault), None when there is
    none; `note_tokens` counts its notes; `deals` and `choices` are what the decision rests on.
    """

    asset: str
    title: str
    kind: str
    work: str
    cluster: str
    digest: str | None
    decision: str
    note_tokens: int = 0
    deals: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    licence: str = ""
    non_commercial: bool = False
    demonstration: bool = False


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate that was left out, with the reason that the decision gave."""

    asset: str
    title: str
    code: str
    because: str
    could_grant: str | None = None


class RevokedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed item that would not be sealed any more, why, and since when."""

    asset: str
    code: str
    because: str
    since: Instant


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A training set, fixed. `digest` names its manifest in the vault; `known` is the journal position it was decided at.

    `licences` are the deals it rests on; `revoked` are items whose ground has gone since: the set still shows what it held.
    """

    id: str
    digest: str
    feature: str
    territories: TerritorySet
    at: Instant
    known: int
    items: tuple[SealedItem, ...]
    excluded: tuple[Excluded, ...]
    licences: tuple[str, ...]
    revoked: tuple[RevokedItem, ...] = ()

    @property
    def clusters(self) -> tuple[str, ...]:
        """The de-duplicated works in it, in order."""
        return tuple(sorted({item.cluster for item in self.items}))

    @property
    def note_tokens(self) -> int:
        """Notes in all its items."""
        return sum(item.note_tokens for item in self.items)


class ModelState(StrEnum):
    """TRAINED serves nobody yet; LIVE serves; SUPERSEDED gave way to a successor; RETIRED never serves again."""

    TRAINED = "trained"
    LIVE = "live"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class Losses(msgspec.Struct, frozen=True, kw_only=True):
    """Held-out loss in nats a token: each part alone and the two mixed; `clusters` and `tokens` they were measured on."""

    ngram: float
    network: float
    mixture: float
    clusters: int
    tokens: int


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """Vault digests of what a model publishes about itself."""

    model: str
    data: str
    croissant: str


class Sunset(msgspec.Struct, frozen=True, kw_only=True):
    """When a model must be gone, whether it may serve until then, which deal says so, and why."""

    at: Instant
    may_serve: bool
    deal: str | None
    because: str


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model and the seal it is bound to. `weights` is a vault digest; `method` says what it is and who trained it.

    `checkpoints` are vault digests of the network's weights on the way there.
    `steps` and `trained_s` (CPU-seconds) count the whole run, its parts before a stop included.
    """

    id: str
    name: str
    seal: str
    feature: str
    territories: TerritorySet
    weights: str
    method: str
    seed: int
    parameters: int
    losses: Losses | None
    held_out: tuple[str, ...]
    trained_s: float
    state: ModelState
    at: Instant
    steps: int = 0
    checkpoints: tuple[str, ...] = ()
    live_from: Instant | None = None
    successor: str | None = None
    sunset_set: Sunset | None = None
    cards: Cards | None = None

    @property
    def sunset(self) -> Instant | None:
        """The instant from which it may not serve any more."""
        return self.sunset_set.at if self.sunset_set else None

    def serves_at(self, at: Instant) -> bool:
        """Whether it is live and not past its sunset (the door decides again on the seal's items)."""
        if self.state is not ModelState.LIVE or (self.live_from and at < self.live_from):
            return False
        return self.sunset_set is None or (self.sunset_set.may_serve and at < self.sunset_set.at)


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """What a revocation would reach: sets, models and features by id; `sunset` is what the deals demand of the models."""

    sets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    sunset: Sunset | None = None

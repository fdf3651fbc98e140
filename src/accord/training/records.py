"""What training hands out: sealed sets, what was left out of them and why, models and their standing (pure)."""

from __future__ import annotations

from datetime import date
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


class Memorised(msgspec.Struct, frozen=True, kw_only=True):
    """What a model writes by heart when nothing holds it back: of so many `pieces` (`notes` in the lines of their voices)
    `held` had a run of more than `bound` notes with their rhythm that stands in the set, and `longest` is the longest run.
    """

    pieces: int
    notes: int
    held: int
    longest: int
    bound: int


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A model beside another: the mean loss of their networks, in nats a token, on `works` that both held out."""

    against: str
    works: int
    tokens: int
    loss: float
    loss_against: float

    @property
    def better(self) -> bool:
        """Whether it loses less."""
        return self.loss < self.loss_against

    def words(self) -> str:
        """In a sentence."""
        than = "less" if self.better else "no less"
        return (
            f"{than} loss than {self.against}: {self.loss:.3f} against {self.loss_against:.3f} nats a token on "
            f"{self.works} works ({self.tokens:,} tokens) that neither network saw"
        )


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """Vault digests of what a model publishes about itself.

    `bom` (CycloneDX), `eu` and `california` (what the law asks for) are None where the cards are older than they.
    """

    model: str
    data: str
    croissant: str
    bom: str | None = None
    eu: str | None = None
    california: str | None = None


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """The public part of a deal that a set rests on: whose it is, what of it is public in words, its days (`ends` is the first after it)."""

    deal: str
    licensor: str
    starts: date
    ends: date | None
    words: str


class Sunset(msgspec.Struct, frozen=True, kw_only=True):
    """When a model must be gone, whether it may serve until then, which deal says so, and why."""

    at: Instant
    may_serve: bool
    deal: str | None
    because: str


class Score(msgspec.Struct, frozen=True):
    """A mean over pieces with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def words(self, places: int = 2) -> str:
        """`0.50 [0.38, 0.58]`."""
        return f"{self.value:.{places}f} [{self.low:.{places}f}, {self.high:.{places}f}]"


class Method(msgspec.Struct, frozen=True):
    """One way to attribute, measured: how well it ranks what pieces lose, over all works and within one style."""

    name: str
    lds: Score
    within: Score


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """How right the attribution of a model's output is, against retraining, and how much of the money may follow it.

    `methods` are all that were measured, the one that pays first; figures are on `reported` pieces that nothing was
    chosen on. `retrained` says in words what was retrained. `level` and `slope` turn a standardised score into an effect
    in nats; `part_ppm` is the part of influence in it; `weight_ppm` is w. Money errors are parts of the money that go to
    another owner than by retrained effect; `money_error_over` is the first less the second on the same pieces (None: an
    older calibration). `by_token`: effects are those of a token, so that a work's is by its size (False: an older one, in
    which every work counts once).
    """

    retrained: str
    is_proxy: bool
    works: int
    subsets: int
    seeds: int
    chosen_on: int
    reported: int
    checkpoints: int
    damping: float
    part_ppm: int
    level: float
    slope: float
    methods: tuple[Method, ...]
    over_likeness: Score
    agreement: float
    ceiling: float
    owners: int
    money_error: Score
    money_error_pro_rata: Score
    best_ppm: int
    weight_ppm: int
    cpu_s: float
    money_error_over: Score | None = None
    by_token: bool = False

    @property
    def paid(self) -> Method:
        """The method that pays."""
        return self.methods[0]


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model and the seal it is bound to. `weights` is a vault digest; `method` says what it is and who trained it.

    `checkpoints` are vault digests of the network's weights on the way there.
    `calibration` says how right attributing its output is, and `factors` is the vault digest of what that was prepared into.
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
    calibration: Calibration | None = None
    factors: str | None = None
    memorised: Memorised | None = None
    compared: Compared | None = None

    @property
    def followed_ppm(self) -> int:
        """How much of what its output earns its set is paid by attribution, in millionths; the rest goes by sealed tokens."""
        return self.calibration.weight_ppm if self.calibration else 0

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

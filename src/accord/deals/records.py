"""What deals hand out: the terms of a licence as data, the deal with its history, and its grants clause by clause.

Everything here is frozen and has one canonical JSON form (`accord.deals.document`); a deal's terms are known by the
hash of that form, so that what was approved, what was signed and what is in force can be shown to be the same.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


class DealState(StrEnum):
    """Where a deal stands; only ``ACTIVE`` grants anything."""

    INTAKE = "intake"
    NEGOTIATION = "negotiation"
    APPROVED = "approved"
    SIGNED = "signed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    EXPIRED = "expired"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the licensor's catalogue: all of it, or what ``ids`` name: labels, sub-catalogues, or single assets.

    A list is what it is when it is signed; a sub-catalogue is named, and its licensor keeps it (`SubCatalogue`).
    """

    kind: str = "all"  # "all" | "label" | "sub-catalogue" | "list"
    ids: tuple[str, ...] = ()


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What a grant asks of whoever uses it; ``monthly_cap`` counts creations from the grant's catalogue per month."""

    credit_line: str | None = None
    label_text: str | None = None
    no_export: bool = False
    non_commercial: bool = False
    model_version_bound: bool = False
    monthly_cap: int | None = None


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to models and releases after a yes or the deal is taken back; the strictest of several rules.

    ``retire_within_days`` counts from the revocation; releases that stay are those already released.
    """

    retire_within_days: int = 30
    may_serve_until_retired: bool = True
    releases_stay: bool = True
    releases_keep_paying: bool = True


class Remuneration(msgspec.Struct, frozen=True, kw_only=True):
    """What a deal pays. Rates and shares are parts per million, amounts are micros of ``currency``.

    Due = pool × attribution × claim × ``rate_ppm``. ``parity`` puts master and publishing at 1:1. A guarantee and an
    advance are funded by the platform; the advance is recouped from what is due, alone or with the deals of the same
    ``collateral_group``. ``training_fee_by`` says how a fee per training run is shared: "equal" or "attribution".
    ``split_version`` is the one version of a feature's split the licensor accepted; ``floor_sources_ppm`` accepts any
    version that gives sources at least that. ``lump_sum_participants_ppm`` of advances kept, settlements and breakage
    go to participants by ``lump_sum_by``. ``cap_micros`` is the most that is earned of a period. Of what is due,
    ``reserve_ppm`` is kept back for ``reserve_periods`` closes.
    """

    rate_ppm: int
    currency: str = "EUR"
    parity: bool = False
    minimum_guarantee_micros: int = 0
    guarantee_per: str = "term"  # "term" | "quarter"
    advance_micros: int = 0
    collateral_group: str | None = None
    fee_per_use_micros: int = 0
    fee_per_training_run_micros: int = 0
    training_fee_by: str = "equal"  # "equal" | "attribution"
    threshold_micros: int = 0
    cap_micros: int | None = None
    featured_artist_ppm: int = 0
    split_version: int | None = None
    floor_sources_ppm: int | None = None
    most_favoured: bool = False
    withholding_tax_ppm: int = 0
    escrow_disputed: bool = True
    rate_table: str | None = None
    lump_sum_participants_ppm: int = 0
    lump_sum_by: str = "attribution"  # "equal" | "attribution" | "usage"
    reserve_ppm: int = 0
    reserve_periods: int = 0


class SubCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """A named part of a licensor's catalogue that deals may select or leave out, with the assets that stand in it."""

    id: str
    licensor: str
    name: str
    assets: frozenset[str]


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered grant of a contract: these uses, in these named features, of this catalogue, on these rights.

    ``exclusions`` name assets, labels and sub-catalogues that the selection does not reach.

    Features are named one by one: a clause never reaches a feature it does not name. ``voice_persons`` are the party
    ids whose own yes a label's clause on voice or likeness relies on; without them such a clause is refused.
    """

    number: str
    uses: tuple[Use, ...]
    features: tuple[str, ...]
    territories: TerritorySet
    rights: tuple[Right, ...]
    selection: Selection = Selection()
    exclusions: tuple[str, ...] = ()
    conditions: Conditions = Conditions()
    member_opt_in: bool = False
    voice_persons: tuple[str, ...] = ()


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """A whole contract as data. The period is of local days: ``starts`` is the first day, ``ends`` the first day after."""

    licensor: str
    title: str
    starts: date
    ends: date | None
    clauses: tuple[Clause, ...]
    remuneration: Remuneration
    revocation: Revocation = Revocation()
    public: tuple[str, ...] = ("uses", "features", "territories", "period", "conditions")

    @property
    def period(self) -> DayPeriod:
        """The period as local days, half-open."""
        return DayPeriod(self.starts, self.ends)


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """One clause of a deal in force, ready to be decided on.

    ``states`` are the deal's (instant, state) pairs from activation on: the grant holds at an instant when the last
    of them is "active". ``known_from`` is the journal position of the activation. ``sub_catalogues`` are those that the
    clause selects or leaves out, each with the assets that stand in it.
    """

    deal: str
    clause: str
    licensor: str
    uses: frozenset[Use]
    features: frozenset[str]
    territories: TerritorySet
    period: DayPeriod
    rights: frozenset[Right]
    selection: Selection
    exclusions: tuple[str, ...]
    conditions: Conditions
    revocation: Revocation
    member_opt_in: bool
    states: tuple[tuple[Instant, str], ...]
    known_from: int
    known_until: int | None = None
    sub_catalogues: tuple[tuple[str, frozenset[str]], ...] = ()

    def active_at(self, at: Instant) -> bool:
        """Whether the deal stood active at an instant (its period and territories are the caller's to check)."""
        standing = ""
        for since, state in self.states:
            if since > at:
                break
            standing = state
        return standing == DealState.ACTIVE


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the terms, with the hash of its canonical form and who laid it on the table when."""

    deal: str
    number: int
    terms: Terms
    digest: str
    actor: str
    at: Instant


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a deal's timeline: what happened, by whom, and at which journal position."""

    position: int
    at: Instant
    actor: str
    what: str
    detail: str


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """A licence from first talk to last day, with the draft that counts now."""

    id: str
    licensor: str
    title: str
    replaces: str | None
    state: DealState
    states: tuple[tuple[Instant, DealState], ...]
    draft: Draft | None
    drafts: int
    approvals: tuple[str, ...]
    signatures: tuple[str, ...]
    timeline: tuple[Step, ...] = ()


class PublicTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a deal that anyone holding a creation may read; no money, no exclusions."""

    deal: str
    licensor: str
    digest: str
    clauses: tuple[dict[str, object], ...]
    starts: date
    ends: date | None


class Ratchet(msgspec.Struct, frozen=True, kw_only=True):
    """A most-favoured-nation clause that a better deal touches: which term, what it is and what it would rise to."""

    deal: str
    licensor: str
    term: str
    now: int
    better: int
    because: str

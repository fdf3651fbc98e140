"""What provenance hands out: releases, who agreed to them, their credits and labels."""

from __future__ import annotations

import msgspec

from accord.terms.instant import Instant
from accord.terms.territory import TerritorySet


class ReleasedFile(msgspec.Struct, frozen=True):
    """One file of a release: its format, its name, and the digest of its sound (see `payload`)."""

    form: str
    name: str
    sound: str


class PublicDeal(msgspec.Struct, frozen=True, kw_only=True):
    """What of a deal is public: who licensed what use in which features, where and when. Money is not.

    What a deal's own terms keep private is empty or absent here.
    """

    deal: str
    clause: str
    licensor: str
    uses: tuple[str, ...]
    features: tuple[str, ...]
    territories: TerritorySet | None
    starts: str | None
    ends: str | None = None
    credit_line: str | None = None
    label_text: str | None = None
    no_export: bool = False
    non_commercial: bool = False


class Agreed(msgspec.Struct, frozen=True):
    """One yes the release stands on: `party` agreed as `standing` for `asset`, by a deal or by a choice (their ids).

    `standing` is in words: `master 100 %`, `MR 50 %`, `featured`. `grade` is a choice's evidence (4 the person … 1).
    """

    party: str
    asset: str
    standing: str
    by: str
    grade: int | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """An asset heard in a creation, when and how loud, and the decision that cleared it."""

    asset: str
    title: str
    spans: tuple[tuple[float, float, float], ...] = ()
    decision: str | None = None


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """The model that made a creation, where it was trained elsewhere: what is known of it, and its weights' licence."""

    name: str
    version: str
    adapter: str
    weights: str
    spdx: str
    licensor: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a model wrote that is heard in a mix, when and how loud; the sealed set that it learned from (`learned_works` works, by
    the digest of its manifest), or what is known of a model that was trained elsewhere."""

    model: str
    spans: tuple[tuple[float, float, float], ...]
    seal: str | None = None
    seal_digest: str | None = None
    learned_works: int = 0
    outside: Outside | None = None


class MadeWith(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else's creation that is heard in this one, at whatever depth: its maker agreed by `leave`.

    Where this one's maker made it too, no leave was needed.
    """

    creation: str
    maker: str
    title: str
    leave: str | None = None


class Share(msgspec.Struct, frozen=True):
    """A part of a creation: `units` of the release's `total_units` go to `subject`."""

    subject: str
    kind: str
    units: int
    method: str


class AiContribution(msgspec.Struct, frozen=True):
    """One contributor's DDEX AiContribution; `value` is All, Partly, None, or nothing where nobody declared it."""

    contributor: str
    role: str
    value: str | None


class Disclosure(msgspec.Struct, frozen=True):
    """DDEX ERN 4.3.2 AI disclosure: ContainsAI (All, Partly, None; nothing = undeclared) and each AiContribution."""

    contains_ai: str | None
    contributions: tuple[AiContribution, ...]
    because: str


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A creation that left the house."""

    id: str
    creation: str
    feature: str
    creator: str
    title: str
    at: Instant
    position: int
    files: tuple[ReleasedFile, ...]
    territories: TerritorySet
    sources: tuple[Source, ...]
    model: str | None
    seal: str | None
    seal_digest: str | None
    learned_works: int
    shares: tuple[Share, ...]
    total_units: int
    deals: tuple[PublicDeal, ...]
    agreed: tuple[Agreed, ...]
    decisions: tuple[str, ...]
    label: str
    disclosure: Disclosure
    demonstration: bool
    outside: Outside | None = None
    made_with: tuple[MadeWith, ...] = ()
    written: tuple[Written, ...] = ()


class CreditLine(msgspec.Struct, frozen=True):
    """One line of credits: party ids until names are bound. `share_percent` is text with two decimals, or empty.

    `verb` says how the source is in the creation: contains, or learned from.
    """

    asset: str
    title: str
    share_percent: str
    people: tuple[tuple[str, str], ...]
    holders: tuple[tuple[str, str], ...]
    verb: str = "contains"


class MakerLine(msgspec.Struct, frozen=True):
    """The creations of one other maker that are heard in a creation, as (id, title), and the maker's part of it."""

    maker: str
    creations: tuple[tuple[str, str], ...]
    share_percent: str


class Credits(msgspec.Struct, frozen=True):
    """Who is in a creation: its maker, the makers of creations in it, then each source by share."""

    title: str
    creator: str
    creator_share_percent: str
    lines: tuple[CreditLine, ...]
    also: tuple[str, ...] = ()
    makers: tuple[MakerLine, ...] = ()

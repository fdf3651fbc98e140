"""Catalogues for property tests: one in which everything is agreed, and anything that can be wrong with it.

`catalogues()` draws a clean catalogue with some things changed. Most changes are small, so that many assets stay
cleared in some territories and not in others, which is where rules differ if they differ at all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import strategies as st

from accord.catalog.records import ALWAYS, Asset, AssetKind, Claim, ClaimStatus, Credit, PublicDomain
from accord.clearance.records import ClearanceState, Hold, Question
from accord.deals.records import Conditions, Grant, Revocation, Selection
from accord.governance.records import Feature, FeatureState
from accord.participation.records import GRADES, Choice, Source
from accord.parties.records import Mandate, MandateKind, Membership, MembershipKind
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
#: asked at: the same day in all six places; when Japan has turned to 2 June; when only a part of the United States, or of
#: Brazil, has turned to 1 June
INSTANTS = st.sampled_from([AT] * 3 + [AT.replace(hour=hour, minute=30) for hour in (16, 6, 3)])
USES = tuple(sorted(Use))
PLACES = TerritorySet.of("BR", "DE", "FR", "JP", "US", "XK")
SOME = st.sampled_from(
    [
        WORLD,
        PLACES,
        TerritorySet.parse("WORLD-JP"),
        TerritorySet.of("FR"),
        TerritorySet.of("JP", "BR"),
        TerritorySet.parse("2120-DE"),  # TIS: Europe without Germany
        TerritorySet.parse("2101+JP"),  # TIS: Africa, and Japan
        TerritorySet(),
    ]
)
#: around the question: long in force, starting today (in some places it has), ending today, over, not yet
PERIODS = st.sampled_from(
    [
        ALWAYS,
        DayPeriod(date(2026, 6, 2)),
        DayPeriod(date(2026, 6, 1)),
        DayPeriod(date(2026, 1, 1), date(2026, 6, 1)),
        DayPeriod(date(2026, 1, 1), date(2026, 6, 2)),
        DayPeriod(date(2027, 1, 1)),
    ]
)
PEOPLE = ("N", "V", "A", "B")
LICENSORS = ("L", "P1", "P2", "C", "D")
ASSETS = ("T", "W", "X", "R1", "R2", "S", "E", "F", "M")


def asset(id: str, kind: AssetKind, parents: tuple[str, ...] = (), **more: Any) -> Asset:
    """One asset whose title is its id."""
    return Asset(id=id, kind=kind, title=id, parents=parents, **more)


def clean_assets() -> dict[str, Asset]:
    """A free tune T, an arrangement W of it, a work X; recordings R1, R2, a stem S, encodings E ← F, a remix M."""
    performers = (Credit("N", "featured"), Credit("V", "vocalist"), Credit("B", "producer"))
    made = (
        asset("T", AssetKind.WORK),
        asset("W", AssetKind.WORK, ("T",), credits=(Credit("A", "writer"),)),
        asset("X", AssetKind.WORK, credits=(Credit("A", "writer"), Credit("B", "writer"))),
        asset("R1", AssetKind.RECORDING, ("W",), credits=performers, label="L"),
        asset("R2", AssetKind.RECORDING, ("W", "X"), credits=performers, label="L"),
        asset("S", AssetKind.STEM, ("R2",), credits=(Credit("V", "vocalist"),)),
        asset("E", AssetKind.SCORE, ("T",)),
        asset("F", AssetKind.SCORE, ("W", "E")),
        asset("M", AssetKind.RECORDING, ("R1", "R2"), credits=performers, label="L"),
    )
    return {one.id: one for one in made}


def claim(id: str, of: str, right: Right, by: str, share: Fraction, **more: Any) -> Claim:
    """An accepted claim everywhere, always, unless said otherwise."""
    whole: dict[str, Any] = {"territories": WORLD, "period": ALWAYS, "status": ClaimStatus.ACCEPTED, **more}
    return Claim(id=id, asset=of, right=right, claimant=by, share=share, **whole)


def clean_claims() -> list[Claim]:
    """L holds the masters; P1 and P2 share W and X in thirds and halves, right by right."""
    found = [claim(f"master-{r}", r, Right.MASTER, "L", Fraction(1)) for r in ("R1", "R2", "M")]
    for right in (Right.MR, Right.PR, Right.SR):
        found.append(claim(f"W1-{right}", "W", right, "P1", Fraction(1, 3)))
        found.append(claim(f"W2-{right}", "W", right, "P2", Fraction(2, 3)))
        found.append(claim(f"X1-{right}", "X", right, "P1", Fraction(1, 2)))
        found.append(claim(f"X2-{right}", "X", right, "P2", Fraction(1, 2)))
    return found


#: Parts of catalogues that grants may name: the old masters with the work W, and the works.
PARTS = (("s1", frozenset({"R1", "W"})), ("s2", frozenset({"W", "X", "R2"})))


def grant(licensor: str, deal: str = "", **more: Any) -> Grant:
    """A grant of everything, everywhere, always, unless said otherwise."""
    whole: dict[str, Any] = {
        "uses": frozenset(Use),
        "features": frozenset({"f", "g"}),
        "territories": WORLD,
        "period": ALWAYS,
        "rights": frozenset(Right),
        "selection": Selection(),
        "exclusions": (),
        "conditions": Conditions(),
        "revocation": Revocation(),
        "member_opt_in": False,
        "states": ((AT - timedelta(days=30), "active"),),
        "known_from": 2,
        "sub_catalogues": PARTS,
        **more,
    }
    return Grant(deal=deal or f"deal-{licensor}", clause="7", licensor=licensor, **whole)


def choice(id: str, person: str, use: Use, answer: str = "yes", **more: Any) -> Choice:
    """A person's own answer for feature f, everywhere, about everything, unless said otherwise."""
    whole: dict[str, Any] = {
        "spoken_by": person,
        "feature": "f",
        "territories": WORLD,
        "asset": None,
        "source": Source.PERSON,
        "mandate": None,
        "at": AT - timedelta(days=10),
        "known_from": 5,
        **more,
    }
    whole.setdefault("grade", GRADES[Source(whole["source"])])
    return Choice(id=id, person=person, use=use, answer=answer, **whole)


def feature(**more: Any) -> Feature:
    """A live feature f of every use in six territories."""
    whole: dict[str, Any] = {
        "uses": frozenset(Use),
        "territories": PLACES,
        "commercial": False,
        "minimum_grade": {},
        "states": ((AT - timedelta(days=20), FeatureState.LIVE),),
        "known_from": 1,
        **more,
    }
    return Feature(
        id="f",
        name="f",
        purpose="",
        split=None,
        policy=None,
        state=FeatureState.LIVE,
        sign_offs=(),
        needs_works=0,
        needs_recordings=0,
        **whole,
    )


def by(found: list[Any], key: str) -> dict[str, tuple[Any, ...]]:
    """Records by one of their fields."""
    keys = dict.fromkeys(getattr(one, key) for one in found)
    return {name: tuple(one for one in found if getattr(one, key) == name) for name in keys}


def state_of(
    assets: dict[str, Asset],
    claims: list[Claim],
    grants: list[Grant],
    choices: list[Choice],
    features: list[Feature],
    **more: Any,
) -> ClearanceState:
    """A state at position 10."""
    return ClearanceState(
        known=10,
        assets=assets,
        features={one.id: one for one in features},
        claims=by(claims, "asset"),
        grants=by(grants, "licensor"),
        choices=by(choices, "person"),
        **more,
    )


def clean(use: Use) -> ClearanceState:
    """A catalogue in which every asset that the use fits is cleared wherever f is offered."""
    return state_of(
        clean_assets(),
        clean_claims(),
        [grant(licensor) for licensor in ("L", "P1", "P2")],
        [choice(f"yes-{person}", person, use) for person in PEOPLE],
        [feature()],
        public_domain={"T": (PublicDomain(asset="T", territories=WORLD, evidence="died 1750"),)},
    )


CLAIM_FIELDS: dict[str, Any] = {
    "claimant": st.sampled_from(LICENSORS),
    "share": st.sampled_from(
        [Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(1, 8), Fraction(0)]
    ),
    "territories": SOME,
    "period": PERIODS,
    "status": st.sampled_from(ClaimStatus),
    "asset": st.sampled_from(ASSETS),
    "right": st.sampled_from(Right),
    "disputed": st.just(True),
}
GRANT_FIELDS: dict[str, Any] = {
    "licensor": st.sampled_from(LICENSORS),
    "uses": st.frozensets(st.sampled_from(USES), min_size=1),
    "features": st.sampled_from([frozenset({"g"}), frozenset({"f", "g"})]),
    "territories": SOME,
    "period": PERIODS,
    "rights": st.sampled_from([frozenset({Right.MASTER}), frozenset({Right.MR})]),
    "selection": st.sampled_from(
        [
            Selection(kind="label", ids=("L",)),
            Selection(kind="label", ids=("D",)),
            Selection(kind="list", ids=("R1", "W")),
            Selection(kind="list", ids=("L", "s1")),  # names that are no assets: reach nothing
            Selection(kind="sub-catalogue", ids=("s1",)),
            Selection(kind="sub-catalogue", ids=("s1", "s2")),
        ]
    ),
    "exclusions": st.sampled_from([("R2",), ("L",), ("X", "W"), ("s1",), ("s2", "L")]),
    "conditions": st.sampled_from([Conditions(non_commercial=True), Conditions(credit_line="© L")]),
    "member_opt_in": st.just(True),
    "states": st.sampled_from(
        [
            ((AT - timedelta(days=9), "active"), (AT - timedelta(days=1), "suspended")),
            ((AT - timedelta(days=9), "active"), (AT + timedelta(days=1), "terminated")),
            ((AT + timedelta(days=9), "active"),),
        ]
    ),
}
CHOICE_FIELDS: dict[str, Any] = {
    "answer": st.just("no"),
    "use": st.sampled_from(USES),
    "feature": st.just("g"),
    "territories": SOME,
    "asset": st.sampled_from([*ASSETS, "R2", "S"]),
    "source": st.sampled_from(Source),
    "at": st.just(AT + timedelta(days=1)),
    "known_from": st.just(0),
}


def changed(draw: st.DrawFn, one: Any, fields: dict[str, Any], most: int = 2) -> Any:
    """The record with one or two of its fields drawn anew; a choice's grade follows its source."""
    often = [name for name in fields if name in ("territories", "period")] * 2
    names = draw(st.lists(st.sampled_from([*sorted(fields), *often]), min_size=1, max_size=most, unique=True))
    new = {name: draw(fields[name]) for name in names}
    if "source" in new:
        new["grade"] = GRADES[new["source"]]
    return msgspec.structs.replace(one, **new)


ASSET_CHANGES: list[dict[str, Any]] = [
    {"intake_holds": ("its licence is unclear",)},
    {"non_commercial": True},
    {"credits": ()},
    {"credits": (Credit("B", "featured"), Credit("N", "writer"))},
    {"parents": ()},
    {"parents": ("M",)},
    {"parents": ("E",)},
    {"parents": ("gone",)},
    {"label": "D"},
    {"label": None},
]


class Parts:
    """A catalogue in pieces that can still be changed."""

    def __init__(self, use: Use) -> None:
        self.use = use
        self.assets, self.claims = clean_assets(), clean_claims()
        self.grants = [grant(licensor) for licensor in ("L", "P1", "P2")]
        self.choices = [choice(f"yes-{person}", person, use) for person in PEOPLE]
        self.feature = feature()
        self.free = {"T": WORLD}
        self.mandates: list[Mandate] = []
        self.memberships: list[Membership] = []
        self.held: list[str] = []

    def state(self) -> ClearanceState:
        """The pieces as a state."""
        return state_of(
            self.assets,
            self.claims,
            self.grants,
            self.choices,
            [self.feature],
            public_domain={w: (PublicDomain(asset=w, territories=t, evidence=""),) for w, t in self.free.items()},
            mandates=by(self.mandates, "person"),
            memberships=by(self.memberships, "member"),
            holds={a: (Hold(id="h", subject=a, reason="a copy", case=None, at=AT, known_from=3),) for a in self.held},
        )


CHANGES = ("claim", "claim", "claim+", "grant", "grant", "grant+", "choice", "choice", "choice+", "mandated", "asset")
CHANGES += ("held", "free", "feature", "group", "collective", "own-name", "terms", "by-name", "by-clause", "parents")


def change(draw: st.DrawFn, parts: Parts) -> None:
    """One thing that is other than clean."""
    match draw(st.sampled_from(CHANGES)):
        case "claim" if parts.claims:
            number = draw(st.integers(0, len(parts.claims) - 1))
            parts.claims[number] = changed(draw, parts.claims[number], CLAIM_FIELDS)
        case "claim+":
            parts.claims.append(changed(draw, claim("more", "W", Right.MR, "P2", Fraction(1, 8)), CLAIM_FIELDS, 3))
        case "grant" if parts.grants:
            number = draw(st.integers(0, len(parts.grants) - 1))
            parts.grants[number] = changed(draw, parts.grants[number], GRANT_FIELDS)
        case "grant+":
            parts.grants.append(changed(draw, grant("L", "more"), GRANT_FIELDS))
        case "choice" if parts.choices:
            number = draw(st.integers(0, len(parts.choices) - 1))
            parts.choices[number] = changed(draw, parts.choices[number], CHOICE_FIELDS)
        case "choice+":
            person = draw(st.sampled_from([*PEOPLE, "L", "P1"]))
            parts.choices.append(changed(draw, choice("more", person, parts.use), CHOICE_FIELDS, 3))
        case "mandated":
            _mandated(draw, parts)
        case "asset":
            which = draw(st.sampled_from(ASSETS))
            parts.assets[which] = msgspec.structs.replace(parts.assets[which], **draw(st.sampled_from(ASSET_CHANGES)))
        case "held":
            parts.held.append(draw(st.sampled_from(ASSETS)))
        case "free":
            parts.free[draw(st.sampled_from(["T", "W", "X"]))] = draw(SOME)
        case "feature":
            parts.feature = draw(features_of(parts.use))
        case "group":
            parts.memberships.append(_joined(draw, draw(st.sampled_from(["V", "B", "G"])), "N"))
            parts.choices.append(changed(draw, choice("solo", "G", parts.use, "no"), CHOICE_FIELDS))
        case "terms":
            which = draw(st.sampled_from(ASSETS))
            parts.assets[which] = msgspec.structs.replace(parts.assets[which], non_commercial=True)
            parts.feature = msgspec.structs.replace(parts.feature, commercial=draw(st.booleans()))
        case "parents":
            which, parents = (
                draw(st.sampled_from(["S", "R1", "F", "E"])),
                draw(st.sampled_from([(), ("gone",), ("M",)])),
            )
            parts.assets[which] = msgspec.structs.replace(parts.assets[which], parents=parents)
        case "by-name":
            _refused_by_name(draw, parts)
        case "by-clause":
            _by_clause(draw, parts)
        case "collective":
            _through_another(draw, parts, "C")
        case _:  # also where there is nothing left to change
            _in_its_own_name(draw, parts)


def _mandated(draw: st.DrawFn, parts: Parts) -> None:
    """Somebody's yes is a representative's."""
    person = draw(st.sampled_from(PEOPLE))
    kept = Mandate(
        id="man1",
        kind=MandateKind.MANAGER,
        representative="D",
        person=person,
        uses=frozenset({parts.use}),
        period=ALWAYS,
        evidence="signed",
        known_from=2,
    )
    fields = {
        "representative": st.just("L"),
        "person": st.sampled_from(PEOPLE),
        "uses": st.frozensets(st.sampled_from(USES), min_size=1),
        "period": PERIODS,
        "id": st.just("man2"),
    }
    parts.mandates.append(draw(st.sampled_from([kept, changed(draw, kept, fields)])))
    said = choice("said", person, parts.use, spoken_by="D", source=Source.REPRESENTATIVE, mandate="man1")
    parts.choices = [c for c in parts.choices if c.person != person]
    parts.choices.append(draw(st.sampled_from([said, changed(draw, said, CHOICE_FIELDS)])))


def _by_clause(draw: st.DrawFn, parts: Parts) -> None:
    """Somebody's yes is a label's, under its clause 7; the label may have let the stem stand under it too."""
    person = draw(st.sampled_from(["N", "V", "A"]))
    said = choice("by-clause", person, parts.use, spoken_by="L", source=Source.LABEL_CLAUSE, mandate="deal-L/7")
    fields = {**CHOICE_FIELDS, "spoken_by": st.just("D"), "mandate": st.just("deal-L/8")}
    parts.choices = [c for c in parts.choices if c.person != person]
    parts.choices.append(draw(st.sampled_from([said, changed(draw, said, fields)])))
    if draw(st.booleans()):
        parts.assets["S"] = msgspec.structs.replace(parts.assets["S"], label="L")
    if draw(st.booleans()):
        number = next((n for n, g in enumerate(parts.grants) if g.licensor == "L"), None)
        if number is not None:
            parts.grants[number] = changed(draw, parts.grants[number], {**GRANT_FIELDS, "licensor": st.just("L")})


def _refused_by_name(draw: st.DrawFn, parts: Parts) -> None:
    """Somebody names what is made of what is theirs: a stranger, a claimant, or a member of the group N."""
    who = draw(st.sampled_from(["N", "A", "G", "P1", "D"]))
    if draw(st.booleans()):
        made = claim("theirs", draw(st.sampled_from(["W", "R2"])), Right.SR, who, Fraction(1, 8))
        parts.claims.append(draw(st.sampled_from([made, changed(draw, made, CLAIM_FIELDS)])))
    if draw(st.booleans()):
        parts.memberships.append(_joined(draw, who, "N"))
    no = choice(
        "named", who, parts.use, "no", asset=draw(st.sampled_from(["M", "R1", "F", "S"])), territories=draw(SOME)
    )
    parts.choices.append(no)


def _joined(draw: st.DrawFn, member: str, collective: str) -> Membership:
    kept = Membership(
        id="mem",
        kind=draw(st.sampled_from(MembershipKind)),
        member=member,
        collective=collective,
        period=draw(PERIODS),
        known_from=2,
    )
    return draw(st.sampled_from([kept, msgspec.structs.replace(kept, period=ALWAYS)]))


def _opted_in(draw: st.DrawFn, parts: Parts, member: str) -> None:
    said = choice("opt-in", member, parts.use)
    if draw(st.booleans()):
        parts.choices.append(draw(st.sampled_from([said, changed(draw, said, CHOICE_FIELDS)])))


def _through_another(draw: st.DrawFn, parts: Parts, other: str) -> None:
    """A licensor grants through another, and may have opted in."""
    member = draw(st.sampled_from(["L", "P1"]))
    parts.memberships.append(_joined(draw, member, other))
    parts.grants = [g for g in parts.grants if g.licensor != member]
    parts.grants.append(grant(other, member_opt_in=draw(st.booleans())))
    _opted_in(draw, parts, member)


def _in_its_own_name(draw: st.DrawFn, parts: Parts) -> None:
    """L claims for its members: D's label, which may have opted in, or said no."""
    parts.grants = [g for g in parts.grants if g.licensor != "L"] + [grant("L", member_opt_in=draw(st.booleans()))]
    for recording in ("R1", "R2", "M"):
        parts.assets[recording] = msgspec.structs.replace(parts.assets[recording], label="D")
    parts.memberships.append(_joined(draw, "D", "L"))
    _opted_in(draw, parts, "D")


def features_of(use: Use) -> st.SearchStrategy[Feature]:
    """The feature, commercial or not, with other uses, grades and days."""
    return st.builds(
        feature,
        uses=st.sampled_from([frozenset(Use), frozenset({Use.TRAIN})]),
        commercial=st.booleans(),
        minimum_grade=st.sampled_from([{}, {use: 3}, {use: 4}, {use: 1}]),
        states=st.sampled_from([-1, 0, 1]).map(lambda days: ((AT + timedelta(days=days), FeatureState.LIVE),)),
        known_from=st.sampled_from([1, 6]),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[ClearanceState, Question]:
    """A clean catalogue with up to three things changed, and a question about it."""
    parts = Parts(draw(st.sampled_from(USES)))
    for _ in range(draw(st.integers(1, 3))):
        change(draw, parts)
    return parts.state(), Question(parts.use, "f", draw(INSTANTS), draw(st.booleans()))

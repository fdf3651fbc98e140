"""Story 6 through the rooms' own doors: parties, works, recordings, claims, deals, shares, usage, revenue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from accord.attribution.facts import CreationAttributed
from accord.attribution.records import ShareKind, ShareRow
from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.deals import actions as deals
from accord.deals.records import Clause, Remuneration, Terms
from accord.governance import actions as governance
from accord.journal.actions import writing
from accord.metering import actions as metering
from accord.parties import actions as parties
from accord.terms.right import Right
from accord.terms.territory import WORLD
from accord.terms.use import Use

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
CLOSING = datetime(2026, 10, 5, 9, tzinfo=UTC)
ACTOR = "acc_1"
EUR = 1_000_000


def party(name: str, kind: str = "organisation") -> str:
    """A registered party."""
    return parties.register_party(kind, name, at=AT, actor=ACTOR)


def feature(name: str, *uses: str) -> None:
    """A proposed feature with a published split that gives sources everything."""
    governance.propose_feature(name, name.title(), uses, WORLD, AT, ACTOR)
    governance.publish_split(name, 1_000_000, 0, 0, AT, ACTOR)


def claim(asset: str, right: Right, claimant: str, share: Fraction | int, **changes: Any) -> str:
    """An accepted claim."""
    made = claims.assert_claim(asset, right, claimant, Fraction(share), at=AT, actor=ACTOR, **changes)
    claims.evidence_claim(made, "a contract", at=AT, actor=ACTOR)
    return made


def deal(licensor: str, features: tuple[str, ...], uses: tuple[Use, ...], starts: date = AT.date(), **pay: Any) -> str:
    """A deal in force since June for everything of a licensor, 70 % at parity unless said otherwise."""
    ends, places = pay.pop("ends", date(2030, 1, 1)), pay.pop("territories", WORLD)
    clause = Clause(number="1", uses=uses, features=features, territories=places, rights=tuple(Right))
    remuneration = Remuneration(**({"rate_ppm": 700_000, "parity": True, "split_version": 1} | pay))
    terms = Terms(
        licensor=licensor, title="Licence", starts=starts, ends=ends, clauses=(clause,), remuneration=remuneration
    )
    made = deals.open_deal(licensor, "Licence", AT, ACTOR)
    deals.negotiate(made, terms, AT, ACTOR)
    for office in ("legal", "product"):
        deals.approve(made, office, AT, ACTOR)
    for side in ("platform", licensor):
        deals.sign(made, side, AT, ACTOR)
    deals.activate(made, AT, ACTOR)
    return made


def attribute(creation: str, name: str, **units: int) -> None:
    """The shares of a creation; asset ids and their units."""
    rows = tuple(
        ShareRow(subject=subject, kind=ShareKind.SOURCE, units=count, method="stated", because="said by the test")
        for subject, count in units.items()
    )
    with writing(ACTOR, AT) as journal:
        journal.append(
            CreationAttributed(
                creation=creation,
                feature=name,
                total_units=sum(units.values()),
                rows=rows,
                method_version="1",
                split_version=1,
            )
        )


def listen(*creations: str, at: datetime = datetime(2026, 8, 1, 12, tzinfo=UTC), **changes: str) -> None:
    """One listen each."""
    base = {"kind": "listen", "feature": "blend", "user": "u1", "territory": "DE", "seconds": 30, "at": at}
    stamp = at.isoformat()
    events = [base | {"id": f"{stamp}-{n}-{c}", "creation": c} | changes for n, c in enumerate(creations)]
    metering.ingest(events, "test", CLOSING, ACTOR)


def story_6() -> dict[str, str]:
    """Everything of story 6 up to the close; names → ids."""
    ids = {name: party(name) for name in ("L1", "L2", "P1", "P2", "P3", "P4", "P5")}
    feature("blend", "remix")
    ids["WX"] = catalog.register_work("W of X", at=AT, actor=ACTOR)
    ids["WY"] = catalog.register_work("W of Y", at=AT, actor=ACTOR)
    ids["X"] = catalog.register_recording("X", works=[ids["WX"]], label=ids["L1"], at=AT, actor=ACTOR)
    ids["Y"] = catalog.register_recording("Y", works=[ids["WY"]], label=ids["L2"], at=AT, actor=ACTOR)
    claim(ids["X"], Right.MASTER, ids["L1"], 1)
    claim(ids["Y"], Right.MASTER, ids["L2"], 1)
    for name in ("P1", "P2"):
        ids[f"claim {name}"] = claim(ids["WX"], Right.MR, ids[name], Fraction(1, 2))
    for name in ("P3", "P4", "P5"):
        claim(ids["WY"], Right.MR, ids[name], Fraction(1, 3))
    extra: dict[str, dict[str, int]] = {"L2": {"advance_micros": 100 * EUR}}
    extra |= {name: {"threshold_micros": 50 * EUR} for name in ("P3", "P4", "P5")}
    for name in ("L1", "L2", "P1", "P2", "P3", "P4", "P5"):
        ids[f"deal {name}"] = deal(ids[name], ("blend",), (Use.REMIX,), **extra.get(name, {}))
    claims.dispute_claim(ids["claim P2"], ids["P1"], "says it is theirs", at=AT, actor=ACTOR)
    attribute("cre_1", "blend", **{ids["X"]: 2, ids["Y"]: 1})
    attribute("cre_2", "blend", **{ids["X"]: 1})
    listen("cre_1", "cre_1", "cre_1", "cre_2")
    metering.report_revenue("blend", "DE", "2026-Q3", 1000 * EUR, "EUR", CLOSING, ACTOR)
    return ids

"""Small closes by hand: story 6's parties and assets, and the pieces that other tests put together."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pyarrow as pa

from accord.metering.events import SCHEMA
from accord.metering.periods import parse
from accord.payouts.closing import CloseInput
from accord.payouts.order import CURRENT
from accord.payouts.readings import read_creator, read_model, read_source, read_unattributed
from accord.payouts.records import Attributed, Epoch, Held, Pay, Pool, Side, Subject
from accord.terms.right import Right

Q3 = parse("2026-Q3")
EUR = 1_000_000
MASTER = (Right.MASTER,)
WORK = (Right.MR,)


def pay(party: str, **terms) -> Pay:
    """The deal of a party, 70 % at parity unless said otherwise."""
    return Pay(
        **{"deal": f"deal-{party}", "licensor": party, "currency": "EUR", "rate_ppm": 700_000, "parity": True} | terms
    )


def held(party: str, right: Right, share: Fraction | int, disputed: bool = False, **terms) -> Held:
    """A claim of a party with its deal; `deal=None` leaves it without one."""
    deal = None if terms.get("deal", "") is None else pay(party, **terms)
    clause = None if deal is None else "1"
    return Held(
        claim=f"clm-{party}-{right}",
        right=right,
        claimant=party,
        share=Fraction(share),
        disputed=disputed,
        clause=clause,
        pay=deal,
    )


def side(asset: str, rights: tuple[Right, ...], *claims: Held, public_domain: bool = False) -> Side:
    """One side of an asset."""
    return Side(asset=asset, rights=rights, claims=claims, public_domain=public_domain)


THIRD = Fraction(1, 3)
X = Subject(
    asset="X",
    master=side("X", MASTER, held("L1", Right.MASTER, 1)),
    works=(
        side("WX", WORK, held("P1", Right.MR, Fraction(1, 2)), held("P2", Right.MR, Fraction(1, 2), disputed=True)),
    ),
)
Y = Subject(
    asset="Y",
    master=side("Y", MASTER, held("L2", Right.MASTER, 1)),
    works=(side("WY", WORK, *(held(party, Right.MR, THIRD) for party in ("P3", "P4", "P5"))),),
)
STORY_DEALS = {
    **{f"deal-{party}": pay(party) for party in ("L1", "P1", "P2")},
    "deal-L2": pay("L2", advance_micros=100 * EUR),
    **{f"deal-{party}": pay(party, threshold_micros=50 * EUR) for party in ("P3", "P4", "P5")},
}


def reader(subjects: dict[str, Subject], held_ppm: int = 700_000):
    """A reader on subjects by id; co-creators and models by kind."""

    def read(pool: int, epoch: int, kind: str, subject: str):
        if kind == "cocreator":
            return read_creator(subject, CURRENT)
        if kind == "model":
            return read_model(subject)
        if kind == "source" and subject in subjects:
            return read_source(subjects[subject], held_ppm, CURRENT)
        return read_unattributed(subject, held_ppm, "nobody has said what it was made from")

    return read


def listens(
    *creations: str, feature: str = "blend", territory: str = "DE", at: datetime = datetime(2026, 8, 1)
) -> pa.Table:
    """One listen each, in order."""
    rows = [
        {
            "source": "s",
            "id": str(number),
            "kind": "listen",
            "feature": feature,
            "creation": creation,
            "user": "u1",
            "territory": territory,
            "seconds": 30,
            "revenue_micros": 0,
            "at": at,
        }
        for number, creation in enumerate(creations)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def source(creation: str, subject: str, units: int) -> Attributed:
    """A row of attribution."""
    return Attributed(creation=creation, kind="source", subject=subject, units=units)


def story(**changes) -> CloseInput:
    """Story 6 as a close's input."""
    given = {
        "span": Q3,
        "known": 9,
        "order": CURRENT,
        "events": listens("C1", "C1", "C1", "C2"),
        "pools": (Pool(number=0, feature="blend", territory="DE", currency="EUR", revenue_micros=1000 * EUR),),
        "epochs": (Epoch(territory="DE", number=0, start=Q3.start, end=Q3.end),),
        "attributions": [source("C1", "X", 2), source("C1", "Y", 1), source("C2", "X", 1)],
        "reader": reader({"X": X, "Y": Y}),
        "deals": STORY_DEALS,
        "advances_open": {"deal-L2": 100 * EUR},
    }
    return CloseInput(**(given | changes))

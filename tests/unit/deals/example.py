"""Terms and a feature that the tests of deals start from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from accord.catalog import actions as catalog
from accord.deals import actions
from accord.deals.records import Clause, Remuneration, Terms
from accord.governance import actions as governance
from accord.governance.records import Feature, FeatureState
from accord.parties import actions as parties
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLACES = TerritorySet.parse("DE+FR+JP")


def feature(name: str, *uses: Use) -> Feature:
    """A proposed feature, without any table."""
    return Feature(
        id=name,
        name=name,
        purpose="",
        uses=frozenset(uses),
        territories=PLACES,
        commercial=False,
        minimum_grade={},
        split=None,
        policy=None,
        state=FeatureState.PROPOSED,
        states=((AT, FeatureState.PROPOSED),),
        sign_offs=(),
        needs_works=0,
        needs_recordings=0,
        known_from=1,
    )


FEATURES = {
    "compose": feature("compose", Use.TRAIN),
    "blend": feature("blend", Use.REMIX),
    "duet": feature("duet", Use.VOICE),
}
CLAUSE = Clause(number="7", uses=(Use.TRAIN,), features=("compose",), territories=WORLD, rights=(Right.MASTER,))


def terms(
    licensor: str = "par_1", clause: dict[str, Any] | None = None, pay: dict[str, Any] | None = None, **rest: Any
) -> Terms:
    """Sound terms with some of it changed."""
    return Terms(
        **{
            "licensor": licensor,
            "title": "Catalogue licence",
            "starts": date(2026, 6, 1),
            "ends": date(2027, 6, 1),
            "clauses": (msgspec.structs.replace(CLAUSE, **(clause or {})),),
            "remuneration": Remuneration(**{"rate_ppm": 700_000, **(pay or {})}),
            **rest,
        }
    )


def board() -> None:
    """The feature `compose` on the launch board, with a split."""
    governance.propose_feature("compose", "Compose", ["train"], PLACES, AT, "acc_1")
    governance.publish_split("compose", 600_000, 200_000, 200_000, AT, "acc_1")


def licensor(name: str) -> str:
    """A registered label."""
    return parties.register_party("organisation", name, at=AT, actor="acc_1")


def recordings(*titles: str) -> list[str]:
    """Registered recordings."""
    return [catalog.register_recording(title, at=AT, actor="acc_1") for title in titles]


def signed(party: str, at: datetime = AT, **changes: Any) -> str:
    """A deal with everything but its activation."""
    deal = actions.open_deal(party, "Catalogue licence", at, "acc_1")
    actions.negotiate(deal, terms(party, **changes), at, "acc_1")
    for office in ("legal", "product"):
        actions.approve(deal, office, at, f"acc_{office}")
    actions.sign(deal, party, at, "acc_2")
    actions.sign(deal, "platform", at, "acc_1")
    return deal

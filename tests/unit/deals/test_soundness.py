"""Terms that make no sense are refused before anyone approves them."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from tests.unit.deals.example import CLAUSE, FEATURES, terms

from accord.deals import soundness
from accord.deals.records import Conditions, Revocation, Selection
from accord.terms.refusal import BadInput, Refused
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use


def test_sound_terms_pass() -> None:
    """The example has no fault."""
    soundness.check(terms(), FEATURES)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"licensor": ""}, "no licensor"),
        ({"starts": date(2027, 6, 1), "ends": date(2026, 6, 1)}, "before it has begun"),
        ({"clauses": ()}, "grant nothing"),
        ({"public": ("remuneration",)}, "`remuneration` is never public"),
        ({"public": ("uses", "features")}, "`period` must be public"),
        ({"clauses": (CLAUSE, CLAUSE)}, "`7` is not a clause number"),
        ({"clause": {"uses": ()}}, "no use is named, at clause 7"),
        ({"clause": {"features": ()}}, "no feature is named"),
        ({"clause": {"rights": ()}}, "no right is named"),
        ({"clause": {"territories": EMPTY}}, "no territory is named"),
        ({"clause": {"features": ("echo",)}}, "there is no feature `echo`"),
        ({"clause": {"uses": (Use.REMIX,)}}, "`compose` needs train; none of these is granted"),
        ({"clause": {"territories": TerritorySet.parse("BR")}}, "none of which is granted"),
        ({"clause": {"selection": Selection(kind="some")}}, "`some` is not a selection"),
        ({"clause": {"selection": Selection(kind="list")}}, "names no ids"),
        ({"clause": {"selection": Selection(ids=("rec_1",))}}, "a selection of all names no ids"),
        ({"clause": {"selection": Selection(kind="list", ids=("rec_1",)), "exclusions": ("rec_1",)}}, "both selected"),
        ({"clause": {"conditions": Conditions(monthly_cap=0)}}, "allows nothing"),
        ({"clause": {"conditions": Conditions(credit_line=" ")}}, "`credit_line` is empty"),
        ({"pay": {"rate_ppm": 1_000_001}}, "is 100 %"),
        ({"pay": {"featured_artist_ppm": -1}}, "featured_artist_ppm"),
        ({"pay": {"advance_micros": -1}}, "not an amount"),
        ({"pay": {"minimum_guarantee_micros": 2**63}}, "not an amount"),
        ({"pay": {"currency": "Euro"}}, "`Euro` is not a currency"),
        ({"pay": {"split_version": 1, "floor_sources_ppm": 1}}, "name one of them"),
        ({"pay": {"training_fee_by": "luck"}}, "`luck` is not a value of `training_fee_by`"),
        ({"revocation": Revocation(retire_within_days=-1)}, "-1 days"),
    ],
)
def test_a_fault_is_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    """Each fault is BadInput whose sentence names it."""
    with pytest.raises(BadInput, match=sentence):
        soundness.check(terms(**changes), FEATURES)


def test_a_voice_is_not_a_labels_to_give() -> None:
    """A clause on voice that names no person is refused; with the persons named it may stand, and clears nothing by itself."""
    duet = msgspec.structs.replace(CLAUSE, uses=(Use.VOICE,), features=("duet",))
    with pytest.raises(Refused, match="clause 7 grants `voice` and names no person"):
        soundness.check(terms(clauses=(duet,)), FEATURES)
    named = msgspec.structs.replace(duet, voice_persons=("par_9",))
    soundness.check(terms(clauses=(named,)), FEATURES)

"""The decisions of training: what is sealed, what a revocation demands, who may serve."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from accord.clearance.records import Answer, Shortfall
from accord.deals.records import Conditions, Revocation
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import mixture, rules
from accord.training.records import Model, ModelState, RevokedItem, Seal, SealedItem, Sunset

MAY = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
FR, JP = TerritorySet.of("FR"), TerritorySet.of("JP")


def item(asset: str = "rec_1", deals: tuple[str, ...] = ("dea_1",)) -> SealedItem:
    return SealedItem(
        asset=asset,
        title="T",
        kind="recording",
        work="wrk_1",
        cluster="cluster:1",
        digest=None,
        decision="",
        deals=deals,
    )


def answer(asset: str, cleared: TerritorySet, *shortfalls: Shortfall) -> Answer:
    return Answer(
        decision=f"dec_{asset}",
        asset=asset,
        use=Use.TRAIN,
        feature="compose",
        at=MAY,
        known=9,
        rule_version="1",
        offered=FR | JP,
        cleared=cleared,
        shortfalls=shortfalls,
        deals=("dea_1",),
        choices=("cho_1",),
        conditions=Conditions(),
    )


def short(territories: TerritorySet, code: str = "clearance.no-claim") -> Shortfall:
    because = "12.5 % of wrk_1 in JP is claimed by nobody"
    return Shortfall(code=code, because=because, territories=territories, subject="wrk_1", could_grant="p3")


def model(state: ModelState = ModelState.LIVE, territories: TerritorySet = FR) -> Model:
    return Model(
        id="mdl_1",
        name="M1",
        seal="seal_1",
        feature="compose",
        territories=territories,
        weights="sha256:0",
        method=mixture.KIND,
        seed=1,
        parameters=1,
        losses=None,
        held_out=(),
        trained_s=1.0,
        state=state,
        at=MAY,
        live_from=MAY,
    )


def revoked(asset: str = "rec_1") -> RevokedItem:
    return RevokedItem(asset=asset, code="clearance.refused", because="N said no", since=MAY)


def test_only_what_is_cleared_in_all_territories_is_sealed() -> None:
    """Cleared in FR alone, an item is sealed for FR with its decision and left out for FR and JP with the reason."""
    answers = {"rec_1": answer("rec_1", FR, short(JP))}
    kept, left = rules.select([item()], answers, FR)
    assert (kept[0].decision, kept[0].deals, kept[0].choices, left) == ("dec_rec_1", ("dea_1",), ("cho_1",), ())
    kept, left = rules.select([item()], answers, FR | JP)
    assert kept == ()
    assert (left[0].code, left[0].because, left[0].could_grant) == (
        "clearance.no-claim",
        "12.5 % of wrk_1 in JP is claimed by nobody",
        "p3",
    )


def test_a_feature_that_is_down_takes_no_items_ground_away() -> None:
    """When only the feature is not live, a sealed item is not revoked; when a person says no as well, it is."""
    down = short(FR, "clearance.not-live")
    assert rules.gone(item(), answer("rec_1", FR - FR, down), FR) is None
    refused = short(FR, "clearance.refused")
    assert rules.gone(item(), answer("rec_1", FR - FR, down, refused), FR) == refused


def test_thirty_days_from_the_first_of_may_is_the_thirty_first() -> None:
    """Retire within 30 days, may serve until then: the sunset of a revocation on 1 May is 31 May."""
    found = rules.demanded([revoked()], {"rec_1": item()}, {"dea_1": Revocation()})
    assert found is not None
    assert (found.at, found.may_serve, found.deal) == (datetime(2026, 5, 31, tzinfo=UTC), True, "dea_1")
    assert "dea_1 says retire within 30 days, may serve until then" in found.because


def test_the_strictest_deal_decides() -> None:
    """Of two deals the shorter time wins, and one that forbids serving forbids it."""
    clauses = {"dea_1": Revocation(), "dea_2": Revocation(retire_within_days=7, may_serve_until_retired=True)}
    items = {"rec_1": item(deals=("dea_1", "dea_2"))}
    found = rules.demanded([revoked()], items, clauses)
    assert found is not None and (found.at.day, found.deal, found.may_serve) == (8, "dea_2", True)
    clauses["dea_1"] = Revocation(may_serve_until_retired=False)
    found = rules.demanded([revoked()], items, clauses)
    assert found is not None and (found.at.day, found.may_serve) == (8, False)


def test_of_two_revoked_items_the_stricter_counts() -> None:
    """An item under a patient deal and one under a deal that forbids serving: the early day and no serving."""
    items = {"rec_1": item(), "rec_2": item("rec_2", ("dea_2",))}
    clauses = {"dea_1": Revocation(retire_within_days=5), "dea_2": Revocation(may_serve_until_retired=False)}
    found = rules.demanded([revoked(), revoked("rec_2")], items, clauses)
    assert found is not None and (found.at.day, found.may_serve) == (6, False)


def test_without_a_deal_there_is_no_time() -> None:
    """An item that stood on choices alone stops its model at once."""
    found = rules.demanded([revoked()], {"rec_1": item(deals=())}, {})
    assert found is not None and (found.at, found.may_serve) == (MAY, False)
    assert rules.demanded([], {}, {}) is None


@pytest.mark.parametrize(
    ("subject", "territory", "day", "sunset", "code"),
    [
        (model(), "FR", 2, None, None),
        (model(), "JP", 2, None, "training.outside-seal"),
        (model(ModelState.TRAINED), "FR", 2, None, "training.not-live"),
        (model(ModelState.SUPERSEDED), "FR", 2, None, "training.not-live"),
        (model(ModelState.RETIRED), "FR", 2, None, "training.not-live"),
        (model(), "FR", 30, True, None),
        (model(), "FR", 31, True, "training.past-sunset"),
        (model(), "FR", 2, False, "training.past-sunset"),
    ],
)
def test_a_model_serves_where_and_while_it_may(
    subject: Model, territory: str, day: int, sunset: bool | None, code: str | None
) -> None:
    """Live, inside its seal, before its sunset: yes. Anything else is refused with its own code."""
    demand = None
    if sunset is not None:
        demand = Sunset(at=datetime(2026, 5, 31, tzinfo=UTC), may_serve=sunset, deal="dea_1", because="b")
    refusal = rules.may_serve(subject, territory, datetime(2026, 5, day, 12, tzinfo=UTC), demand)
    assert (refusal.code if refusal else None) == code


def test_a_retrain_needs_a_whole_set() -> None:
    """A set with a revoked item is refused for training, naming the item; a whole one is not."""
    seal = Seal(
        id="seal_1",
        digest="sha256:0",
        feature="compose",
        territories=FR,
        at=MAY,
        known=1,
        items=(item(),),
        excluded=(),
        licences=(),
    )
    assert rules.may_retrain(seal, ()) is None
    refusal = rules.may_retrain(seal, (revoked(),))
    assert refusal is not None and refusal.details == ("rec_1: N said no",)


def test_a_stricter_demand_replaces_and_never_loosens() -> None:
    """The earlier day wins, and serving meanwhile needs both to allow it."""
    late = Sunset(at=datetime(2026, 6, 1, tzinfo=UTC), may_serve=False, deal="a", because="x")
    soon = Sunset(at=datetime(2026, 5, 1, tzinfo=UTC), may_serve=True, deal="b", because="y")
    found = rules.stricter(late, soon)
    assert found is not None and (found.at, found.may_serve) == (soon.at, False)
    assert rules.stricter(None, soon) == rules.stricter(soon, None) == soon


def test_a_tenth_of_the_clusters_is_held_out_by_the_seed() -> None:
    """Of forty clusters four are held out, others for another seed, none of fewer than ten; empty ones never."""
    names = tuple(f"cluster:{i}" for i in range(40))
    counts = dict.fromkeys(names, 5) | {"cluster:0": 0}
    first = rules.held_out(names, counts, 1)
    assert len(first) == 3 and "cluster:0" not in first
    assert first == rules.held_out(tuple(reversed(names)), counts, 1) != rules.held_out(names, counts, 2)
    assert rules.held_out(names[:9], counts, 1) == ()


def test_a_model_serves_at_an_instant_by_its_own_record() -> None:
    """Before it went live, after its sunset, or when it may not serve meanwhile, a live model does not serve."""
    sunset = Sunset(at=datetime(2026, 5, 31, tzinfo=UTC), may_serve=True, deal=None, because="b")
    ends = replace(model(), sunset_set=sunset)
    assert model().serves_at(MAY) and not model().serves_at(datetime(2026, 4, 30, tzinfo=UTC))
    assert ends.serves_at(datetime(2026, 5, 30, tzinfo=UTC)) and not ends.serves_at(sunset.at)
    assert not replace(ends, sunset_set=replace(sunset, may_serve=False)).serves_at(MAY)

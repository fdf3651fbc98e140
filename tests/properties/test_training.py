"""Laws of training.

| law | test |
|---|---|
| 5: a set holds only what is cleared in all its territories | test_law_5_a_set_holds_only_what_is_cleared_everywhere_it_is_for |
| 5: the strictest deal decides | test_law_5_no_deal_concerned_is_stricter_than_the_sunset |
| 5: a model serves nowhere else | test_law_5_a_model_serves_only_inside_its_seal |
| 8: every exclusion has its because | test_law_8_every_exclusion_says_why |
| 9: same seed, same model, same request: same bytes | test_law_9_the_same_seed_makes_the_same_bytes |
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.training import test_generator as generating
from tests.unit.training import test_rules as told

from accord.clearance.records import Answer
from accord.deals.records import Revocation
from accord.terms.territory import TerritorySet
from accord.training import dedupe, mixture, rules
from accord.training.generator import ScoreModel
from accord.training.records import ModelState, RevokedItem

CODES = ("DE", "FR", "GB", "JP")
places = st.sets(st.sampled_from(CODES)).map(lambda codes: TerritorySet.of(*codes))
some_places = st.sets(st.sampled_from(CODES), min_size=1).map(lambda codes: TerritorySet.of(*codes))


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Answer]:
    found = {}
    for i in range(draw(st.integers(1, 6))):
        cleared = draw(places)
        lacking = TerritorySet.of(*CODES) - cleared
        short = (told.short(lacking),) if lacking and draw(st.booleans()) else ()
        found[f"rec_{i}"] = told.answer(f"rec_{i}", cleared, *short)
    return found


@given(answers(), some_places)
def test_law_5_a_set_holds_only_what_is_cleared_everywhere_it_is_for(
    found: dict[str, Answer], where: TerritorySet
) -> None:
    """Law 5: an item is in the set exactly when its answer clears every territory; nothing is lost between the two lists."""
    kept, left = rules.select([told.item(asset) for asset in found], found, where)
    assert {item.asset for item in kept} == {asset for asset, answer in found.items() if where <= answer.cleared}
    assert sorted([i.asset for i in kept] + [o.asset for o in left]) == sorted(found)


@given(answers(), some_places)
def test_law_8_every_exclusion_says_why(found: dict[str, Answer], where: TerritorySet) -> None:
    """Law 8: whatever is left out carries a code and a sentence, even when the answer named no shortfall."""
    _, left = rules.select([told.item(asset) for asset in found], found, where)
    assert all(one.code and one.because for one in left)


clauses = st.dictionaries(
    st.sampled_from(["dea_1", "dea_2", "dea_3"]),
    st.builds(Revocation, retire_within_days=st.integers(0, 90), may_serve_until_retired=st.booleans()),
    min_size=3,
    max_size=3,
)
revocations = st.lists(st.tuples(st.integers(0, 40), st.sets(st.sampled_from(["dea_1", "dea_2", "dea_3"]))), min_size=1)


@given(clauses, revocations)
def test_law_5_no_deal_concerned_is_stricter_than_the_sunset(
    said: dict[str, Revocation], happened: list[tuple[int, set[str]]]
) -> None:
    """Law 5: the sunset is no later than any deal concerned allows, and serving stops where any forbids it."""
    items = {f"rec_{i}": told.item(f"rec_{i}", tuple(sorted(deals))) for i, (_, deals) in enumerate(happened)}
    lost = [
        RevokedItem(asset=f"rec_{i}", code="c", because="b", since=told.MAY + timedelta(days=day))
        for i, (day, _) in enumerate(happened)
    ]
    found = rules.demanded(lost, items, said)
    assert found is not None
    for item in lost:
        concerned = items[item.asset].deals
        assert concerned or found.at <= item.since
        assert found.may_serve <= bool(concerned)
        for deal in concerned:
            assert found.at <= item.since + timedelta(days=said[deal].retire_within_days)
            assert found.may_serve <= said[deal].may_serve_until_retired


@given(places, st.sampled_from(CODES), st.sampled_from(ModelState), st.integers(0, 60))
def test_law_5_a_model_serves_only_inside_its_seal(
    where: TerritorySet, asked: str, state: ModelState, days: int
) -> None:
    """Law 5: whatever its state and the day, a model that serves is live and the territory is in its seal."""
    at = datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=days)
    refusal = rules.may_serve(told.model(state, where), asked, at, None)
    assert (refusal is None) == (state is ModelState.LIVE and asked in where)


@settings(max_examples=15, deadline=None)
@given(generating.requests)
def test_law_9_the_same_seed_makes_the_same_bytes(request: object) -> None:
    """Law 9: a model read back from its file makes the very same MIDI file for the same request."""
    data = mixture.to_bytes(generating.model().model)
    one, other = (ScoreModel(mixture.from_bytes(data)).generate(request) for _ in range(2))  # type: ignore[arg-type]
    assert one.to_midi() == other.to_midi() and mixture.to_bytes(mixture.from_bytes(data)) == data


melodies = st.dictionaries(
    st.sampled_from("abcdef"), st.frozensets(st.integers(0, 12).map(lambda n: ((n, 12),) * 6), max_size=6), min_size=1
)


@given(melodies, st.data())
def test_clusters_do_not_depend_on_the_order_of_works(found: dict[str, dedupe.Runs], data: st.DataObject) -> None:
    """Works in any order fall into the same clusters, named after the lowest id in them."""
    shuffled = dict(data.draw(st.permutations(list(found.items()))))
    clusters = dedupe.clusters(found)
    assert clusters == dedupe.clusters(shuffled)
    assert all(cluster <= f"cluster:{work}" and clusters[cluster[8:]] == cluster for work, cluster in clusters.items())

"""The calibration job through the real doors: what it writes down, a stop in between, and who may not be calibrated."""

from __future__ import annotations

import pytest
from tests.unit.studio.world import World
from tests.unit.training.world import ACTOR, compose_world, no, sealed, trained

from accord.attribution import actions, calibrating, calibration, pieces
from accord.attribution.experiment import Effort
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.terms.refusal import BadInput, Refused
from accord.training import actions as training
from accord.training import queries
from accord.vault import actions as vault

pytest.importorskip("torch", reason="the extra [lab] is not installed: nothing is retrained")
pytestmark = pytest.mark.django_db

#: Four checkpoints looked into; four halves twice, the whole set once, and without the works of walt and of wren.
RETRAINED = 4 + 8 + 1 + 2
EFFORT = Effort(subsets=4, seeds=2, pieces=4, owners=2, owner_seeds=1, dampings=(0.1,))


@pytest.fixture
def world(monkeypatch) -> World:
    """A tiny model of twelve works; pieces of three bars, and intervals from twenty draws."""
    monkeypatch.setattr(pieces, "BARS", 3)
    monkeypatch.setattr(calibration, "RESAMPLES", 20)
    world = compose_world()
    world.ids["model"] = trained(world, sealed(world)).id
    return world


def calibrate(world: World, report=lambda done, total, words: None, clock=lambda: 0.0):  # type: ignore[no-untyped-def]
    return actions.calibrate(world["model"], report, at=world.now(), actor=ACTOR, effort=EFFORT, stopwatch=clock)


def test_a_calibration_is_a_fact_on_the_model_card(world):
    """Figures of every method and both controls, w, and the prepared factors are the model's; a rebuild gives them back."""
    said: list[tuple[int, int]] = []
    found = calibrate(world, lambda done, total, words: said.append((done, total)))
    measured = found.calibration
    assert (measured.works, measured.subsets, measured.seeds, measured.chosen_on, measured.reported) == (12, 4, 2, 2, 2)
    assert [m.name.split(":")[0] for m in measured.methods][-2:] == ["control", "control"]
    assert all(-1 <= m.lds.low <= m.lds.high <= 1 for m in measured.methods) and 0 <= measured.ceiling <= 1
    assert 0 <= found.followed_ppm <= 1_000_000 and vault.exists(found.factors)
    card = queries.card(found.id).decode()
    assert (
        "*proxy*" in card
        and f"**w = {found.followed_ppm / 1_000_000:.4f}**" in card
        and "| control: at random |" in card
    )
    assert said[-1] == (RETRAINED, RETRAINED) and not calibrating.state_file(found.id).exists()
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_a_stopped_calibration_goes_on_where_it_was(world):
    """Stopped at the seventh step, the same call measures the rest alone, and finds what an uninterrupted one does."""
    whole = calibrate(world)

    def stop(done: int, total: int, words: str) -> None:
        if words.startswith("retraining 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(world, stop)
    before = head()
    kept = calibrating.state_file(world["model"]).read_bytes()
    resumed = calibrate(world)
    assert b"half.1.1" in kept and b"half.2.1" not in kept and head() > before
    assert (resumed.calibration, resumed.factors) == (whole.calibration, whole.factors)


def test_a_retrain_is_a_new_use_and_a_revoked_item_stops_it(world):
    """After a no, the set may not be retrained on, not even to measure; nothing is written."""
    no(world, "wren")
    before = head()
    with pytest.raises(Refused) as found:
        calibrate(world)
    assert found.value.refusal.code == "training.seal-revoked" and head() == before


def test_an_outside_model_is_not_calibrated(world):
    """What it learned from cannot be measured here: refused with its kind."""
    seal = queries.model(world["model"]).seal
    outside = training.register(seal, "Outside", vault.put(b"weights"), "outside.model.1", world.now(), ACTOR)
    with pytest.raises(Refused) as found:
        actions.calibrate(outside.id, at=world.now(), actor=ACTOR, effort=EFFORT)
    assert found.value.refusal.code == "attribution.not-attributable"


def test_too_few_works_cannot_be_calibrated_on():
    """Six works say nothing about halves: one sentence, and nothing is written."""
    world = compose_world(6)
    world.ids["model"] = trained(world, sealed(world)).id
    before = head()
    with pytest.raises(BadInput, match="6 de-duplicated works are too few"):
        calibrate(world)
    assert head() == before

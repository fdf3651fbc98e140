"""Models through the real doors: training, promotion, where they serve, and how a revocation ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.made_once import made_once
from tests.unit.studio import world as base
from tests.unit.studio.world import World
from tests.unit.training.world import ACTOR, DE, JP, PLAN, compose_world, no, sealed, shape, trained, would_lose, yes

from accord.governance import queries as governance
from accord.governance.records import FeatureState
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.parties import queries as people
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.right import Right
from accord.terms.use import Use
from accord.training import actions, learning, queries, runs
from accord.training.generator import Request
from accord.training.records import ModelState
from accord.vault import actions as vault

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
pytestmark = pytest.mark.django_db


once, world = made_once(compose_world)


def refused(call, *args, **kwargs) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return found.value.refusal.code


def live(world: World):  # type: ignore[no-untyped-def]
    model = trained(world, sealed(world))
    return actions.promote(model.id, world.now(), ACTOR)


def test_a_model_names_its_seal_its_loss_and_its_cards(world):
    """A trained model carries the seal, held-out losses on clusters it never saw, and three cards in the vault."""
    seal = sealed(world)
    model = trained(world, seal)
    assert (model.seal, model.feature, model.territories, model.state) == (
        seal.id,
        "compose",
        seal.territories,
        "trained",
    )
    assert (
        model.losses is not None and 0 < model.losses.mixture < 7 and len(model.held_out) == model.losses.clusters == 1
    )
    assert b"not calibrated" in queries.card(model.id)
    assert seal.items[0].decision.encode() in queries.card(model.id, "data")
    assert b"mlcommons.org/croissant" in queries.card(model.id, "croissant")
    with pytest.raises(NotThere, match="croissant"):
        queries.card(model.id, "vanity")


def test_the_same_seed_and_seal_give_the_same_bytes(world):
    """Trained twice with one seed, the weights are one file, and a request makes one and the same MIDI file."""
    seal = sealed(world)
    first, again, other = trained(world, seal), trained(world, seal), trained(world, seal, 2)
    assert first.weights == again.weights != other.weights
    for model in (first, again):
        actions.promote(model.id, world.now(), ACTOR)
    made = queries.generator(again.id, "DE", world.now()).generate(Request(seed=4, bars=2))
    assert made.to_midi() == queries.generator(again.id, "DE", world.now()).generate(Request(seed=4, bars=2)).to_midi()


def test_a_model_keeps_its_weights_at_three_places_on_the_way(world):
    """Four checkpoints, named by the fact and read from the vault; the last is what serves."""
    model = trained(world, sealed(world))
    held = queries.checkpoints_of(model)
    assert len(model.checkpoints) == len(set(model.checkpoints)) == 3 and len(held) == 4
    assert all(weights.keys() == held[-1].keys() for weights in held)
    assert all((one["embed"] != held[-1]["embed"]).any() for one in held[:-1])


def test_a_killed_run_goes_on_where_it_was(world):
    """Killed in the middle, the same call resumes from the saved state and ends with the same weights."""
    seal = sealed(world)
    whole = trained(world, seal)

    class Killed(Exception):
        pass

    def kill(done: int, total: int, words: str) -> None:
        raise Killed

    how = learning.Plan(steps=24, batch=2, warm_up=1, seed=1)
    uninterrupted = actions.train(seal.id, 1, at=world.now(), actor=ACTOR, plan=how, shape=shape())
    with pytest.raises(Killed):
        actions.train(seal.id, 1, kill, at=world.now(), actor=ACTOR, plan=how, shape=shape())
    saved = runs.resume(runs.path(seal.id, 1), how, shape())
    assert saved is not None and saved.step == 20
    resumed = actions.train(seal.id, 1, at=world.now(), actor=ACTOR, plan=how, shape=shape())
    assert resumed.weights == uninterrupted.weights != whole.weights
    assert resumed.checkpoints == uninterrupted.checkpoints and len(resumed.checkpoints) == 3
    assert runs.resume(runs.path(seal.id, 1), how, shape()) is None


def test_a_run_that_was_stopped_tells_all_the_time_it_took(world):
    """Stopped after ten seconds and gone on with for twenty, the model says thirty, and its card every step."""
    seal, how = sealed(world), learning.Plan(steps=24, batch=2, warm_up=1, seed=1)
    clock = iter(range(0, 1000, 10))

    def stop(done: int, total: int, words: str) -> None:
        raise KeyboardInterrupt

    def run(report):  # type: ignore[no-untyped-def]
        asked = {
            "at": world.now(),
            "actor": ACTOR,
            "plan": how,
            "shape": shape(),
            "stopwatch": lambda: float(next(clock)),
        }
        return actions.train(seal.id, 1, report, **asked)

    with pytest.raises(KeyboardInterrupt):
        run(stop)
    model = run(lambda done, total, words: None)
    assert (model.trained_s, model.steps) == (30.0, 24)
    assert b"24 steps in 30 CPU-seconds" in queries.card(model.id)


def test_progress_is_reported(world):
    """A run says how far it is, up to its last step."""
    said: list[tuple[int, int]] = []
    actions.train(
        sealed(world).id, 1, lambda d, t, w: said.append((d, t)), at=world.now(), actor=ACTOR, plan=PLAN, shape=shape()
    )
    assert said[-1] == (PLAN.steps, PLAN.steps)


def test_a_model_serves_only_when_promoted_and_inside_its_seal(world):
    """Not live: refused. Live: served in DE and FR, refused in JP."""
    model = trained(world, sealed(world))
    assert refused(queries.generator, model.id, "DE", world.now()) == "training.not-live"
    actions.promote(model.id, world.now(), ACTOR)
    assert queries.generator(model.id, "FR", world.now()).capabilities >= {"new", "continue", "vary"}
    assert refused(queries.generator, model.id, "JP", world.now()) == "training.outside-seal"


def test_promoting_a_successor_supersedes_the_first(world):
    """One model serves a feature at a time; the one before names its successor."""
    first = live(world)
    second = live(world)
    assert queries.model(first.id).state is ModelState.SUPERSEDED and queries.model(first.id).successor == second.id
    assert queries.live_model("compose", world.now()).id == second.id


def test_a_no_leads_to_a_sunset_and_refuses_the_retrain(world):
    """Within 30 days, serving until then: after the no the model serves, retraining and promoting its seal do not."""
    model = live(world)
    touched = queries.touched_by(would_lose(world, "wren"), "compose", world.now())
    assert (touched.models, touched.features) == ((model.id,), ("compose",))
    no(world, "wren")
    assert actions.apply_revocations(world.now()) != ()
    ending = queries.model(model.id)
    assert ending.sunset == datetime(2026, 7, 1, tzinfo=UTC) and ending.sunset_set.deal == world["deal"]
    assert (touched.sunset.at, touched.sunset.may_serve, touched.sunset.deal) == (ending.sunset, True, world["deal"])
    assert queries.generator(model.id, "DE", world.now()) is not None
    assert b"Sunset: 2026-07-01" in queries.card(model.id)
    assert b"Taken back since: 4 items; sunset of the model: 2026-07-01" in queries.card(model.id, "eu")
    assert refused(actions.train, model.seal, 2, at=world.now(), actor=ACTOR, plan=PLAN) == "training.seal-revoked"
    assert refused(actions.promote, model.id, world.now(), ACTOR) == "training.seal-revoked"
    assert refused(queries.generator, model.id, "DE", ending.sunset) == "training.past-sunset"


def test_before_anybody_applies_the_revocation_the_door_knows_it(world):
    """Even when no job has run, a retrain is refused at once and serving ends on the day the deal says."""
    model = live(world)
    no(world, "wren")
    assert refused(actions.train, model.seal, 2, at=world.now(), actor=ACTOR, plan=PLAN) == "training.seal-revoked"
    assert queries.check_serving(model.id, "DE", world.now())
    assert refused(queries.check_serving, model.id, "DE", datetime(2026, 7, 1, tzinfo=UTC)) == "training.past-sunset"


def test_law_5_a_proof_withdrawn_is_a_sunset_too(world):
    """Law 5: Wren's account is not hers any more: the days to retire count from then, whenever somebody asks."""
    model = live(world)
    (account,) = [seen.account for seen in people.verifications(world["wren"])]
    since = world.now()
    parties.withdraw_verification(world["wren"], account, "it was sold", at=since, actor=ACTOR)
    assert queries.check_serving(model.id, "DE", since + timedelta(days=29))
    for days in (31, 400, 4000):
        assert refused(queries.check_serving, model.id, "DE", since + timedelta(days=days)) == "training.past-sunset"


def test_on_its_last_day_a_feature_without_a_successor_is_suspended(world):
    """The day comes: the model retires and `compose` is suspended; asked again, nothing more is written."""
    model = live(world)
    no(world, "wren")
    actions.apply_revocations(world.now())
    due = queries.model(model.id).sunset
    assert actions.apply_revocations(due) == (
        f"{model.id}: retired",
        "compose: suspended, no successor is live",
    )
    assert governance.feature("compose").state is FeatureState.SUSPENDED
    assert queries.model(model.id).state is ModelState.RETIRED
    before = head()
    assert actions.apply_revocations(due) == () and head() == before


def test_with_a_live_successor_the_feature_goes_on(world):
    """A model of a newer seal, promoted before the day, keeps the feature live."""
    model = live(world)
    no(world, "wren")
    actions.apply_revocations(world.now())
    successor = live(world)
    assert not set(queries.seals_holding([world["s0"]])[world["s0"]]) & {successor.seal}
    actions.apply_revocations(queries.model(model.id).sunset)
    assert governance.feature("compose").state is FeatureState.LIVE
    assert queries.model(model.id).state is ModelState.RETIRED
    assert queries.live_model("compose", queries.model(model.id).sunset).id == successor.id


def test_a_no_while_a_model_learns_stops_it_before_it_is_a_fact(world):
    """Revoked between the first step and the last, the run ends in a refusal and no model exists."""
    seal = sealed(world)

    def meanwhile(done: int, total: int, words: str) -> None:
        no(world, "wren")

    call = {"at": world.at, "actor": ACTOR, "plan": PLAN, "shape": shape()}
    with pytest.raises(Refused):
        actions.train(seal.id, 1, meanwhile, **call)
    assert queries.models() == []


def test_the_same_weights_serve_another_feature_only_under_its_own_seal(world):
    """`echo` gets the model when everything in it is cleared for `echo` too; a writer who agreed to compose alone stops it."""
    model = live(world)
    base.open_feature(world, "echo", Use.TRAIN)
    base.licence(world, "publisher", (Right.MR, Right.PR, Right.SR), "echo", Use.TRAIN)
    yes(world, "walt", "echo")
    base.launch(world, "echo")
    short = actions.seal_set("echo", DE, world.now(), ACTOR)
    assert refused(actions.adopt, model.id, short.id, world.now(), ACTOR) == "training.beyond-seal"
    yes(world, "wren", "echo")
    adopted = actions.adopt(model.id, actions.seal_set("echo", DE, world.now(), ACTOR).id, world.now(), ACTOR)
    assert (adopted.feature, adopted.weights, adopted.losses) == ("echo", model.weights, model.losses)
    actions.promote(adopted.id, world.now(), ACTOR)
    assert queries.live_model("compose", world.now()).id == model.id


def test_a_model_trained_elsewhere_is_bound_and_needs_its_adapter(world):
    """It is registered under a seal and ends with it; without an adapter nothing here runs it."""
    seal = sealed(world, JP)
    weights = vault.put(b"weights of an outside model")
    model = actions.register(seal.id, "Outside", weights, "outside.model.1", world.now(), ACTOR)
    actions.promote(model.id, world.now(), ACTOR)
    assert refused(queries.generator, model.id, "JP", world.now()) == "training.no-adapter"
    with pytest.raises(BadInput, match="no weights"):
        actions.register(seal.id, "None", "sha256:" + "0" * 64, "outside.model.1", world.now(), ACTOR)


def test_a_set_without_notes_cannot_be_learned_from(world):
    """A set of works alone is sealed, and refused for training."""
    seal = sealed(world, assets=[world["w1"]])
    assert refused(actions.train, seal.id, 1, at=world.now(), actor=ACTOR, plan=PLAN) == "training.no-notes"


def test_a_rebuild_gives_the_same_models(world):
    """Law 6: states, sunsets, cards and successors come out of the journal as they were."""
    model = live(world)
    live(world)
    no(world, "wren")
    actions.apply_revocations(world.now())
    actions.apply_revocations(queries.model(model.id).sunset)
    before = table_digest()
    rebuild()
    assert table_digest() == before

"""Attribution through the real doors: a remix and a model's piece, what is kept, who sees it, rebuild."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.unit.studio import world as base
from tests.unit.studio.world import World
from tests.unit.training.world import ACTOR, compose_world, sealed, trained, tune

from accord.attribution import actions, gathering, influence, passages, project, queries, rules
from accord.attribution.records import ShareKind
from accord.governance import actions as governance
from accord.integrity import tunes
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties.viewer import ANYONE, SYSTEM, Role, Viewer
from accord.studio import actions as studio
from accord.studio import queries as queried
from accord.studio import varying
from accord.studio.records import RemixSource
from accord.terms.refusal import NotThere
from accord.training import actions as training
from accord.training import queries as models
from accord.training.cards import reliability
from accord.training.generator import Request
from accord.training.grammar import alphabet
from accord.training.records import Calibration, Method, Score
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def remix_world() -> World:
    """Two cleared recordings, and a remix of them as `c`."""
    world = base.blend_world()
    session = studio.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (RemixSource(asset=world["r1"], end_s=8), RemixSource(asset=world["r2"], end_s=8, offset_s=4, gain=0.5))
    world.ids["c"] = studio.submit(studio.remix(session, sources, world.now(), ACTOR), world.now(), ACTOR, "Mix")
    return world


@pytest.fixture
def model_world() -> World:
    """A tiny model of twelve works, and a piece of it as `c`."""
    pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
    world = compose_world()
    model = training.promote(trained(world, sealed(world)).id, world.now(), ACTOR)
    session = studio.open_session(world["fan"], "compose", world.now(), ACTOR)
    take = studio.make(session, Request(bars=4, seed=2, instruments=(0,)), None, world.now(), ACTOR)
    world.ids |= {"model": model.id, "c": studio.submit(take, world.now(), ACTOR, "Piece"), "session": session}
    return world


def calibrated(world: World, weight_ppm: int) -> None:
    """The model's factors prepared from its last checkpoint, and a calibration that supports so much."""
    model = models.model(world["model"])
    works = models.sequences(model.seal)
    looked = influence.look(
        models.mixture_of(model).shape, models.mixture_of(model).weights, [works[w] for w in sorted(works)]
    )
    factors = vault.put(influence.to_bytes([influence.condense(looked, 0.1)], sorted(works)))
    score = Score(0.5, 0.4, 0.6)
    measured = Calibration(
        retrained="a network like it", is_proxy=True, works=12, subsets=32, seeds=4, chosen_on=24, reported=24, checkpoints=1,
        damping=0.1, part_ppm=500_000, level=0.001, slope=0.001, methods=(Method("both", score, score),), over_likeness=score,
        agreement=0.4, ceiling=0.8, owners=2, money_error=score, money_error_pro_rata=score, best_ppm=weight_ppm,
        weight_ppm=weight_ppm, cpu_s=1.0,
    )  # fmt: skip
    training.record_calibration(world["model"], measured, factors, world.now(), ACTOR)


def test_a_remix_is_shared_by_lineage_and_split(remix_world):
    """Sources get 80 % by seconds and gain, the co-creator 20 %, in all exactly one; the timeline is kept."""
    world = remix_world
    found = actions.attribute(world["c"], world.now(), ACTOR)
    assert sum(row.units for row in found.rows) == found.total_units
    assert found.share(world["fan"]) == Fraction(1, 5)
    assert found.share(world["r1"]) > found.share(world["r2"]) > 0
    assert {row.kind for row in found.rows} == {ShareKind.SOURCE, ShareKind.COCREATOR}
    assert len(queries.evidence(world["c"]).timeline) == 3


def test_a_model_that_is_not_calibrated_pays_by_sealed_tokens_and_says_so(model_world):
    """Every work of the seal is paid by its tokens, whatever the piece is like; it says not attributable; all sum to one."""
    world = model_world
    found = actions.attribute(world["c"], world.now(), ACTOR)
    seal = models.seal(models.model(world["model"]).seal)
    sources = {row.subject: row for row in found.rows if row.kind is ShareKind.SOURCE}
    assert sources.keys() == {item.asset for item in seal.items}
    assert sum(row.units for row in found.rows) == found.total_units
    assert abs(found.share(world["fan"]) - Fraction(1, 5)) < Fraction(1, 10**8)
    tokens = {
        c: passages.tokens([ids[2:-1] for ids in of], alphabet().bar) for c, of in models.sequences(seal.id).items()
    }
    for item in seal.items:
        due = Fraction(4, 5) * Fraction(tokens[item.cluster], sum(tokens.values()))
        assert abs(found.share(item.asset) - due) < Fraction(1, 10**8)
    assert all(row.method == "by sealed tokens" and "not attributable" in row.because for row in sources.values())
    evidence = queries.evidence(world["c"])
    assert "not calibrated" in evidence.reliability and evidence.similarities and not evidence.effects


def test_a_calibrated_model_pays_as_much_by_attribution_as_its_card_says(model_world):
    """With w = 0.4, six tenths go by sealed tokens and four by predicted effect; the rows, the evidence and the card say so."""
    world = model_world
    calibrated(world, 400_000)
    found = actions.attribute(world["c"], world.now(), ACTOR)
    evidence = queries.evidence(world["c"])
    assert sum(row.units for row in found.rows) == found.total_units
    seal = models.seal(models.model(world["model"]).seal)
    effects, held = dict(evidence.effects), gathering._held(seal.id, seal.digest)
    for item in seal.items:
        due = Fraction(4, 5) * rules.mixed(effects, held, 400_000)[item.cluster]
        assert abs(found.share(item.asset) - due) < Fraction(1, 10**8)
    sources = [row for row in found.rows if row.kind is ShareKind.SOURCE]
    assert all(row.method == "40.0 % by influence and likeness, 60.0 % by sealed tokens" for row in sources)
    assert all("predicted effect" in row.because for row in sources)
    assert evidence.reliability == reliability(models.model(world["model"])) and "40.0 %" in evidence.reliability
    assert b"**w = 0.4000**" in models.card(world["model"])


def test_a_calibration_that_supports_nothing_pays_by_sealed_tokens(model_world):
    """With w = 0 nothing follows attribution, and the reliability says that the output is not attributable."""
    world = model_world
    before = actions.attribute(world["c"], world.now(), ACTOR).rows
    calibrated(world, 0)
    found = actions.attribute(world["c"], world.now(), ACTOR)
    assert found.rows == before and "not attributable" in queries.evidence(world["c"]).reliability


def test_a_copied_tune_shows_its_bars_and_gets_the_most(model_world, monkeypatch):
    """A variation that changes nothing of a sealed tune, got past the checks of phrases and melodies: its bars are the evidence, and its
    asset has the largest share."""
    world = model_world
    monkeypatch.setattr(varying, "check_phrase", lambda phrase, creator: replace(phrase, tracks=()))
    monkeypatch.setattr(tunes, "find_melodies", lambda score: ())
    calibrated(world, 1_000_000)
    asked = Request(bars=6, seed=2, strength=0.0)
    take = studio.vary_midi(world["session"], tune(4).to_midi(), asked, None, world.now(), ACTOR)
    creation = studio.submit(take, world.now(), ACTOR, "Copy")
    found = actions.attribute(creation, world.now(), ACTOR)
    top = max((row for row in found.rows if row.kind is ShareKind.SOURCE), key=lambda row: row.units)
    assert top.subject == world["s4"]
    match = queries.evidence(creation).bars[0]
    assert (match.asset, match.first_bar, match.last_bar, match.notes) == (world["s4"], 1, 6, 24)


def test_a_phrase_of_ones_own_is_ones_own(model_world):
    """What the split gives set and model goes to the creator for the notes they brought: counted, with that because."""
    world = model_world
    asked = Request(bars=2, seed=2)
    take = studio.continue_midi(
        world["session"], base.tune(100, "C major", 77, 2).to_midi(), asked, None, world.now(), ACTOR
    )
    own = queried.take(SYSTEM, take).own
    found = actions.attribute(studio.submit(take, world.now(), ACTOR, "Own"), world.now(), ACTOR)
    assert own is not None and 0 < own.notes < own.of
    row = next(row for row in found.rows if row.method == gathering.OWN_NOTES)
    assert (row.subject, row.because) == (world["fan"], f"wrote {own.notes} of {own.of} notes of this creation")
    assert abs(Fraction(row.units, found.total_units) - Fraction(4, 5) * Fraction(own.notes, own.of)) < Fraction(
        1, 10**8
    )
    human = queries.evidence(found.creation).human
    assert human is not None and human.parts[0].did == "wrote" and human.ppm > 0


def test_the_model_gets_what_the_split_gives_it(model_world):
    """With a new split that gives the model a tenth, the model has a row of its own, and earlier shares stay on record."""
    world = model_world
    first = actions.attribute(world["c"], world.now(), ACTOR)
    governance.suspend("compose", "a new split", world.now(), ACTOR)
    governance.publish_split("compose", 700_000, 100_000, 200_000, world.now(), ACTOR)
    second = actions.attribute(world["c"], world.now(), ACTOR)
    assert abs(second.share(world["model"]) - Fraction(1, 10)) < Fraction(1, 10**8)
    assert queries.attribution(world["c"], known=second.known_from - 1).rows == first.rows
    assert [one.rows for one in queries.rows()] == [second.rows]


def test_a_model_from_elsewhere_is_paid_by_sealed_tokens_and_says_so(model_world):
    """Output of a model that is not ours to look into: by sealed tokens, with that because."""
    world = model_world
    seal = models.model(world["model"]).seal
    weights = vault.put(b"weights of an outside model")
    outside = training.register(seal, "Outside", weights, "outside.model.1", world.now(), ACTOR)
    parts, evidence = gathering._of_model(outside, tune(1))
    assert sum(part.weight for part in parts) == 1 and len(parts) == 12
    assert all("not attributable" in part.because for part in parts) and evidence.similarities == ()


def test_attributed_again_nothing_is_written(remix_world):
    """The same shares are not written twice."""
    actions.attribute(remix_world["c"], remix_world.now(), ACTOR)
    before = head()
    actions.attribute(remix_world["c"], remix_world.now(), ACTOR)
    assert head() == before


def test_whoever_is_in_it_sees_it_and_nobody_else(remix_world):
    """The fan sees the shares, and from its release on the performer heard and the label; the others hear that there are none."""
    world = remix_world
    actions.attribute(world["c"], world.now(), ACTOR)
    fan, nina, label = (
        Viewer("a", frozenset({world[name]}), frozenset({role}))
        for name, role in (("fan", Role.CREATOR), ("nina", Role.ARTIST), ("label", Role.RIGHTSHOLDER))
    )
    stranger = Viewer("b", frozenset({"pty_999999"}), frozenset({Role.RIGHTSHOLDER, Role.CREATOR}))
    for release, seeing, others in ((False, (fan,), (nina, label)), (True, (fan, nina, label), ())):
        if release:
            project.shown(world["c"])
        for viewer in seeing:
            assert queries.attribution(world["c"], viewer=viewer).rows
        for viewer in (*others, stranger, ANYONE):
            with pytest.raises(NotThere):
                queries.evidence(world["c"], viewer)


def test_what_an_asset_earns_from_is_known(remix_world):
    """The creations in which a recording has a share."""
    actions.attribute(remix_world["c"], remix_world.now(), ACTOR)
    assert queries.earning_from(remix_world["r2"]) == (remix_world["c"],)
    assert queries.earning_from(remix_world["w1"]) == ()


def test_a_creation_nobody_attributed_has_no_shares(remix_world):
    """Asked before, the answer is that there are none."""
    with pytest.raises(NotThere, match="has no shares"):
        queries.attribution(remix_world["c"])


def test_a_rebuild_gives_the_same_shares(remix_world):
    """Law 6: shares come out of the journal as they were."""
    actions.attribute(remix_world["c"], remix_world.now(), ACTOR)
    before = table_digest()
    rebuild()
    assert table_digest() == before

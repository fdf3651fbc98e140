"""Iterating on takes: a phrase in letters, the tree, undo, stems, equal loudness, taking it away."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_once import made_once
from tests.unit.studio.scores import tune
from tests.unit.studio.world import ACTOR, World, blend_world, launch, licence

from accord.attribution import actions as attribution
from accord.attribution import tracing
from accord.attribution.family import family
from accord.catalog.score import from_midi
from accord.governance import actions as governance
from accord.participation import actions as participation
from accord.parties.viewer import SYSTEM
from accord.provenance import actions as provenance
from accord.studio import actions, loudness, making, mixdown, queries
from accord.studio.phrase import from_words
from accord.studio.records import RemixSource, Take, TakeKind
from accord.studio.rendering import decode
from accord.studio.tree import branches, current
from accord.terms.refusal import BadInput, Refused
from accord.terms.right import Right
from accord.terms.territory import WORLD
from accord.terms.use import Use

AT = datetime(2026, 7, 1, tzinfo=UTC)
once, world = made_once(blend_world)


def take(number: int, parent: int | None = None) -> Take:
    """A take of which only its place is known."""
    return Take(
        id=f"t{number}", session="s", feature="f", creator="c", kind=TakeKind.NEW, audio="", duration_s=1.0, at=AT,
        parent=None if parent is None else f"t{parent}", stood=number,
    )  # fmt: skip


def test_a_phrase_in_letters_is_what_it_says() -> None:
    """Pitches, lengths in quarters, rests; what is no note is named."""
    found = from_words("C4 Bb3:0.5 -:0.5 f#4:2", 90, (3, 4)).tracks[0].notes
    assert [(n.onset, n.duration, n.pitch) for n in found] == [(0, 480, 60), (480, 240, 58), (960, 960, 66)]
    for wrong in ("H4", "C4:0", "", "- -"):
        with pytest.raises(BadInput):
            from_words(wrong, 90)


@given(st.lists(st.integers(0, 8), max_size=9))
def test_every_take_stands_once_in_the_tree_below_what_it_was_made_from(parents: list[int]) -> None:
    """Whatever was made from what: each take once, directly under its parent's branch, one deeper."""
    takes = [take(0), *(take(i, p % i) for i, p in enumerate(parents, 1))]
    found = branches(takes)
    assert sorted(one.id for one, _ in found) == sorted(one.id for one in takes)
    depth = {one.id: level for one, level in found}
    assert all(depth[one.id] == (depth[one.parent] + 1 if one.parent else 0) for one in takes)
    assert current(takes) == takes[-1]


@pytest.mark.django_db
def test_stems_add_up_to_the_mix_and_the_louder_is_turned_down() -> None:
    """All stems together are the mix before mastering; at a loudness, a take is no louder than that."""
    made = making.from_score(tune(120, "C major", bars=2))
    shown = Take(
        id="t", session="s", feature="f", creator="c", kind=TakeKind.NEW, audio=made.audio, duration_s=made.duration_s,
        at=AT, stems=made.stems, midi=made.midi, figures=made.figures,
    )  # fmt: skip
    both, one = (decode(mixdown.of_stems(shown, which))[0] for which in ((0, 1), (1,)))
    other = decode(mixdown.stem(shown, 0))[0]
    assert np.abs(both - one - other).max() < 3 / 32768
    quiet, rate = decode(mixdown.at_loudness(shown, -20.0))
    assert loudness.integrated_lufs(quiet, rate) == pytest.approx(-20, abs=0.2)
    with pytest.raises(BadInput):
        mixdown.of_stems(shown, [7])
    packed = zipfile.ZipFile(io.BytesIO(mixdown.archive(shown, "who agreed")))
    assert len(packed.namelist()) == 5 and from_midi(packed.read("notes.mid")).note_count


def mixed(world: World, feature: str = "blend") -> str:
    """A remix of the two recordings."""
    world.ids["session"] = actions.open_session(world["fan"], feature, world.now(), ACTOR)
    sources = (RemixSource(asset=world["r1"], end_s=6), RemixSource(asset=world["r2"], end_s=6, offset_s=3))
    return actions.remix(world["session"], sources, world.now(), ACTOR)


@pytest.mark.django_db
def test_undo_goes_back_along_the_branch_and_nothing_is_lost(world):
    """From an edit of an edit back to the remix; from there there is nothing to undo; every take still stands."""
    first = mixed(world)
    second = actions.edit(first, "gain -3", world.now(), ACTOR)
    third = actions.edit(second, "trim 0 4", world.now(), ACTOR)
    assert [actions.undo(world["session"], world.now(), ACTOR) for _ in range(2)] == [second, first]
    with pytest.raises(Refused) as no:
        actions.undo(world["session"], world.now(), ACTOR)
    assert no.value.refusal.code == "studio.nothing-to-undo"
    assert [one.id for one in queries.session(SYSTEM, world["session"]).takes] == [first, second, third]


def outward_feature(world: World) -> None:
    """A live feature `out` that names remix, listen and export; the deals allow all three, the people remix and listen."""
    uses = (Use.REMIX, Use.LISTEN, Use.EXPORT)
    governance.propose_feature(
        "out", "Out", set(uses), WORLD, world.now(), ACTOR, purpose="a test", commercial=False, needs_works=0,
        needs_recordings=0,
    )  # fmt: skip
    governance.publish_policy(
        "out", world.now(), ACTOR, release_label="Made with consent", participation="nobody without a yes",
        prompt_boundaries=(), review="checked first", export=True,
    )  # fmt: skip
    governance.publish_split("out", 800_000, 0, 200_000, world.now(), ACTOR)
    governance.open_controls("out", world.now(), ACTOR)
    for use in uses:
        for licensor, rights in (("label", (Right.MASTER,)), ("publisher", (Right.MR, Right.PR, Right.SR))):
            licence(world, licensor, rights, "out", use)
    for use in uses[:2]:
        for person in ("nina", "walt"):
            world.ids[f"{use} {person}"] = choose(world, person, use)
    launch(world, "out")


def choose(world: World, person: str, use: Use) -> str:
    """The person's yes to a use in `out`."""
    return participation.choose(
        world[person], world[person], use, "out", at=world.now(), actor=world[f"account {person}"]
    )


@pytest.mark.django_db
def test_what_is_made_leaves_only_for_the_outward_uses_that_everybody_in_it_agreed_to(world):
    """Where a feature names listen and export: a release needs the yes to listen, a file to take away the yes to export."""
    outward_feature(world)
    made = mixed(world, "out")
    creation = actions.submit(made, world.now(), ACTOR, "Mix")
    attribution.attribute(creation, world.now(), ACTOR)
    with pytest.raises(Refused) as no:
        actions.export(made, world.now(), ACTOR)
    assert no.value.refusal.code == "studio.use-not-cleared"
    assert any("Nina" in line or world["nina"] in line for line in no.value.refusal.details)
    choose(world, "nina", Use.EXPORT)
    assert zipfile.ZipFile(io.BytesIO(actions.export(made, world.now(), ACTOR))).namelist()[0] == "READ ME.txt"
    participation.revoke(world["nina"], world["nina"], Use.LISTEN, "out", at=world.now(), actor=world["account nina"])
    with pytest.raises(Refused) as no:
        provenance.release(creation, world.now(), ACTOR)
    assert no.value.refusal.code == "studio.use-not-cleared" and "listen" in no.value.refusal.because
    choose(world, "nina", Use.LISTEN)
    assert provenance.release(creation, world.now(), ACTOR).territories


@pytest.mark.django_db
def test_a_feature_without_export_keeps_what_is_made_here_and_says_who_could_change_that(world):
    """The hint names what is allowed and who could allow more."""
    with pytest.raises(Refused) as no:
        actions.export(mixed(world), world.now(), ACTOR)
    assert (no.value.refusal.code, "product and legal" in no.value.refusal.hint) == ("studio.no-export", True)


@pytest.mark.django_db
def test_a_remix_of_a_remix_pays_the_roots_and_says_what_a_withdrawn_one_touches(world):
    """Only what is heard of the inner mix counts; the graph ends at recordings; a taken-back yes names every take it touches."""
    inner = mixed(world)
    again = (RemixSource(asset=inner, end_s=2), RemixSource(asset=world["r2"], end_s=6, offset_s=1))
    outer = actions.remix(world["session"], again, world.now(), ACTOR)
    found = queries.take(SYSTEM, outer)
    assert {span.asset for span in found.made_from} == {inner, world["r2"]}
    assert {span.asset for span in found.lineage} == {world["r1"], world["r2"]}
    creation = actions.submit(actions.edit(outer, "gain -2", world.now(), ACTOR), world.now(), ACTOR, "Deep")
    shares = attribution.attribute(creation, world.now(), ACTOR)
    assert sum(row.units for row in shares.rows) == shares.total_units and 0 < shares.share(world["r1"]) < shares.share(
        world["r2"]
    )
    graph = tracing.traced(creation, world.now()).family
    assert [m.kind for m in graph.members].count("take") == 3 and all(
        sum(s for _, s in m.shares) == 1 for m in graph.members
    )
    participation.revoke(
        world["nina"], world["nina"], Use.REMIX, "blend", asset=world["r1"], at=world.now(), actor=world["account nina"]
    )
    ((root, touched),) = tracing.traced(creation, world.now()).withdrawn
    assert root == world["r1"] and {inner, outer} < set(touched)
    assert creation in tracing.touched_by(world["r1"])[1]
    with pytest.raises(Refused):
        actions.remix(world["session"], again, world.now(), ACTOR)


def test_a_take_that_would_be_made_from_itself_is_no_graph() -> None:
    """Facts name what was there before them, so no cycle can be made; forged ones are found."""
    with pytest.raises(BadInput, match="made from itself"):
        family({"t1": take(1, 2), "t2": take(2, 1)}, "t1")


@pytest.mark.django_db
def test_a_remix_of_what_nobody_cleared_is_refused_with_what_is_missing(world):
    """The remix's own no: a taken-back yes names the person and the recording, and leaves no take and no session."""
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", at=world.now(), actor=world["account nina"])
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    with pytest.raises(Refused) as no:
        actions.remix(session, (RemixSource(asset=world["r1"]), RemixSource(asset=world["r2"])), world.now(), ACTOR)
    refusal = no.value.refusal
    assert refusal.code == "studio.source-not-cleared" and any(world["r1"] in line for line in refusal.details)
    assert queries.session(SYSTEM, session).takes == ()

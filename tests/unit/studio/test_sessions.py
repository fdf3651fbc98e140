"""Sessions through the real doors: remixes of cleared recordings, checks before listening, choices, edits, submitting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as replace_in
from tests.made_once import made_once
from tests.unit.studio.scores import tune
from tests.unit.studio.world import ACTOR, World, blend_world, recording

from accord.catalog import actions as scores
from accord.clearance import actions as holds
from accord.clearance import queries as clearance
from accord.cli.__main__ import run
from accord.cli.console import write_file
from accord.integrity import actions as integrity
from accord.integrity import queries as cases
from accord.integrity import voices
from accord.integrity.records import CaseKind, VoiceMatch
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.parties.minute import Minute
from accord.parties.viewer import ANYONE, SYSTEM, Role, Viewer
from accord.studio import actions, matching, queries
from accord.studio.records import DeedKind, RemixSource, Seat, TakeKind, TakeState
from accord.studio.rendering import decode, encode, render
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db


once, world = made_once(blend_world)


def remixed(world: World, **more: object) -> str:
    """A remix of seven seconds of each, the second coming in at three seconds at half the level."""
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (
        RemixSource(asset=world["r1"], end_s=7),
        RemixSource(asset=world["r2"], end_s=7, offset_s=3, gain=0.5),
    )
    return actions.remix(session, sources, world.now(), ACTOR, **more)  # type: ignore[arg-type]


def test_a_remix_of_cleared_recordings_is_heard_and_credited(world):
    """The take is clear, says who is heard when, on which decisions and deals, and can be listened to."""
    take = queries.take(SYSTEM, remixed(world))
    assert take.state is TakeState.CLEAR and take.kind is TakeKind.REMIX
    assert [(s.asset, s.gain) for s in take.lineage] == [(world["r1"], 1.0), (world["r2"], 0.5)]
    assert set(take.deals) == {world["deal label"], world["deal publisher"]} and len(take.decisions) == 2
    samples, rate = decode(queries.listen(SYSTEM, take.id))
    assert len(samples) / rate == pytest.approx(take.duration_s, abs=0.01)
    assert take.figures is not None and abs(take.figures.loudness_lufs + 14) < 0.5
    assert all(clearance.recorded(decision).was_cleared for decision in take.decisions)


def test_a_recording_without_a_score_shows_its_estimate_and_takes_a_correction(world):
    """Tempo and key are estimates with a confidence; what the user says instead is used and marked as the user's."""
    first = queries.take(SYSTEM, remixed(world)).analyses[0]
    assert (
        first.tempo_known == "estimate"
        and 0 < first.tempo_confidence <= 1
        and first.tempo_bpm == pytest.approx(120, abs=0.5)
    )
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (RemixSource(asset=world["r1"], end_s=6, tempo_bpm=60, key="A minor"),)
    said = queries.take(SYSTEM, actions.remix(session, sources, world.now(), ACTOR)).analyses[0]
    assert (said.tempo_bpm, said.tempo_known, said.key, said.key_known) == (60, "user", "A minor", "user")


def test_a_recording_whose_score_is_known_uses_the_exact_values(world):
    """With the score of its work in the catalogue, tempo and key are exact and said to be; another score is not taken."""
    scores.register_score(world["w1"], "Air 1", tune(120, "C major", 1, bars=5).to_midi(), at=world.now(), actor=ACTOR)
    scores.register_score(
        world["w2"], "Another", tune(101, "A major", 9, bars=5).to_midi(), at=world.now(), actor=ACTOR
    )
    first, second = queries.take(SYSTEM, remixed(world)).analyses
    assert (first.tempo_bpm, first.tempo_known, first.key, first.key_known) == (120, "score", "C major", "score")
    assert (second.tempo_known, second.key_known) == ("estimate", "estimate")


def test_a_jig_is_known_by_its_pulse(world):
    """A recording in 6/8 is heard in dotted quarters: its score is found by them, and its beats are those."""
    jig = replace(tune(135, "D major", 3, bars=8), metre=(6, 8))
    jig = replace(jig, tracks=tuple(replace(t, notes=tuple(_in_dotted(t.notes))) for t in jig.tracks))
    world.ids["r3"] = recording(world, "Jig", "w1", jig)
    scores.register_score(world["w1"], "Jig", jig.to_midi(), at=world.now(), actor=ACTOR)
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    take = queries.take(SYSTEM, actions.remix(session, (RemixSource(asset=world["r3"], end_s=10),), world.now(), ACTOR))
    assert (take.analyses[0].tempo_bpm, take.analyses[0].tempo_known) == (90, "score")
    assert (take.analyses[0].key, take.analyses[0].key_known) == ("D major", "score")


def _in_dotted(notes):
    """Quarters become dotted quarters, the off-beats the third eighth of three."""
    return (replace(n, onset=n.onset // 480 * 720 + (480 if n.onset % 480 else 0), duration=200) for n in notes)


def test_a_stem_is_remixed_under_its_recordings_clearance(world):
    """A stem sounds alone, is credited as itself, and its recording explains what the check finds in it."""
    rendering = render(tune(120, "C major", 1, bars=5))
    lead = vault.put(encode(rendering.stems["lead"]))
    (stem,) = scores.register_stems(world["r1"], [("lead", lead, rendering.duration_s)], at=world.now(), actor=ACTOR)
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (RemixSource(asset=stem, end_s=7), RemixSource(asset=world["r2"], end_s=7, offset_s=2))
    take = queries.take(SYSTEM, actions.remix(session, sources, world.now(), ACTOR))
    assert take.state is TakeState.CLEAR and take.lineage[0].asset == stem
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", at=world.now(), actor=world["account nina"])
    with pytest.raises(Refused):
        actions.remix(session, sources[:1], world.now(), ACTOR)


def test_a_no_stops_the_next_remix_at_once(world):
    """Once the performer takes the yes back, the same remix is refused, and the refusal names the source and why."""
    remixed(world)
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", at=world.now(), actor=world["account nina"])
    with pytest.raises(Refused) as no:
        remixed(world)
    assert no.value.refusal.code == "studio.source-not-cleared"
    assert any(world["nina"] in line for line in no.value.refusal.details)


def test_clearance_is_decided_again_when_a_take_is_submitted(world):
    """A yes taken back between making and submitting stops the submission."""
    take = remixed(world)
    participation.revoke(world["walt"], world["walt"], Use.REMIX, "blend", at=world.now(), actor=world["account walt"])
    with pytest.raises(Refused):
        actions.submit(take, world.now(), ACTOR, "Too late")
    assert queries.creations() == []


def test_a_remix_asked_for_where_it_is_not_cleared_is_refused(world):
    """With a no for Japan, a remix for DE is made and one for DE and JP is refused."""
    participation.choose(
        world["nina"], world["nina"], Use.REMIX, "blend", "JP", answer="no", at=world.now(), actor=world["account nina"]
    )
    take = queries.take(SYSTEM, remixed(world, territories=TerritorySet.of("DE")))
    assert "JP" not in take.territories and "DE" in take.territories
    with pytest.raises(Refused, match="JP"):
        remixed(world, territories=TerritorySet.of("DE", "JP"))


def test_a_copy_is_held_before_anyone_hears_it(world):
    """A take that holds an undeclared recording cannot be heard, chosen, edited or submitted; dismissed, it can."""
    take = remixed(world)
    hidden = actions.check_take(smuggled(world, take), world.now(), ACTOR)
    held = queries.take(SYSTEM, hidden)
    assert held.state is TakeState.HELD and held.case
    creator = Viewer("acc_fan", frozenset({world["fan"]}), frozenset({Role.CREATOR}))
    for forbidden in (
        lambda: queries.listen(creator, hidden),
        lambda: actions.choose(held.session, hidden, world.now(), ACTOR),
        lambda: actions.edit(hidden, "gain -3", world.now(), ACTOR),
        lambda: actions.submit(hidden, world.now(), ACTOR),
    ):
        with pytest.raises(Refused) as no:
            forbidden()
        assert no.value.refusal.code == "studio.take-held"
    integrity.decide(held.case, "dismissed", "the maker holds a licence for it", "acc_reader", world.now(), ACTOR)
    assert queries.take(SYSTEM, hidden).state is TakeState.CLEAR


def test_a_take_with_somebodys_voice_is_held_unless_it_is_a_sources(world, monkeypatch):
    """A protected voice of a stranger holds the take; that of the performer of its declared recording does not."""
    stranger = parties.register_party("person", "A stranger", at=world.now(), actor=ACTOR)
    heard = VoiceMatch(person=world["nina"], voice="voi_1", start_s=0.0, end_s=8.0, likeness=0.95, clean=True)
    monkeypatch.setattr(voices, "standing", lambda found: found)
    monkeypatch.setattr(voices, "compared", lambda samples, rate_hz: (heard,))
    take = remixed(world)
    assert queries.take(SYSTEM, take).state is TakeState.CLEAR
    theirs = replace_in(heard, person=stranger)
    monkeypatch.setattr(voices, "compared", lambda samples, rate_hz: (theirs,))
    held = queries.take(SYSTEM, actions.edit(take, "gain -3", world.now(), ACTOR))
    assert held.state is TakeState.HELD and held.case
    case = cases.case(SYSTEM, held.case)
    assert case.kind is CaseKind.VOICE_LIKENESS and case.also == (stranger,)


def smuggled(world: World, take: str) -> str:
    """A take whose sound is the second recording, though it declares only the first: as a faulty client would send it."""
    from accord.journal.actions import writing
    from accord.studio import permission
    from accord.studio.edits import parse
    from accord.studio.making import edited

    before = queries.take(SYSTEM, take)
    samples, _ = decode(vault.read(catalog_audio(world["r2"])))
    made = replace(edited(before, parse("gain -1")), audio=vault.put(encode(samples)), lineage=before.lineage[:1])
    session = queries.session(SYSTEM, before.session)
    with writing(ACTOR, world.now()) as journal:
        new = journal.mint("tak")
        allowed = permission.again(before, journal.at)
        journal.append(made.fact(new, session, TakeKind.EDIT, allowed, before.made_by, before))
    return new


def catalog_audio(asset: str) -> str:
    """The vault digest of a recording's sound."""
    from accord.catalog import queries as catalog

    return catalog.assets(ids=[asset])[asset].audio or ""


def test_a_take_whose_check_was_interrupted_is_heard_by_nobody_until_it_is_done(world):
    """Between the take and its check the process dies: the take cannot be used; checking again finishes it."""
    left = smuggled(world, remixed(world))
    assert [take.id for take in queries.unchecked()] == [left]
    for forbidden in (lambda: queries.listen(SYSTEM, left), lambda: actions.submit(left, world.now(), ACTOR)):
        with pytest.raises(Refused) as no:
            forbidden()
        assert no.value.refusal.code == "studio.take-checking"
    actions.check_take(left, world.now(), ACTOR)
    assert queries.unchecked() == [] and queries.take(SYSTEM, left).state is TakeState.HELD


def test_a_hold_that_comes_later_stops_a_clear_take_too(world):
    """A reviewer holds a take by hand: from then on nobody but reviewers hears it, and it cannot be submitted."""
    take = remixed(world)
    hold = holds.place_hold(take, "somebody complained", at=world.now(), actor=ACTOR)
    creator = Viewer("acc_fan", frozenset({world["fan"]}), frozenset({Role.CREATOR}))
    with pytest.raises(Refused, match="somebody complained"):
        queries.listen(creator, take)
    with pytest.raises(Refused, match="somebody complained"):
        actions.submit(take, world.now(), ACTOR)
    holds.lift_hold(hold, "nothing in it", at=world.now(), actor=ACTOR)
    assert queries.listen(creator, take)[:4] == b"RIFF"


def test_an_edit_is_a_persons_act_and_a_new_take(world):
    """Trimming makes a take with the first as its parent, its lineage cut, and the edit among who did what."""
    take = remixed(world)
    edited = queries.take(SYSTEM, actions.edit(take, "trim 1 6", world.now(), ACTOR))
    assert edited.parent == take and edited.duration_s == 5
    assert edited.lineage[0].from_s == 0 and edited.lineage[0].to_s == 5
    assert edited.made_by[-1].kind is DeedKind.EDIT and edited.made_by[-1].by == world["fan"]


def test_what_was_said_of_a_remix_is_kept_with_who_said_it(world):
    """Offsets, corrections and the tempo and key of the mix stand in who did what."""
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (
        RemixSource(asset=world["r1"], end_s=6, tempo_bpm=60, key="A minor"),
        RemixSource(asset=world["r2"], end_s=6, offset_s=2),
    )
    take = queries.take(SYSTEM, actions.remix(session, sources, world.now(), ACTOR, tempo_bpm=110, key="D major"))
    said = {deed.kind: deed.what for deed in take.made_by}
    assert said[DeedKind.SELECTION] == (
        f"{world['r1']} from 0 s at gain 1, tempo said to be 60, key said to be A minor; "
        f"{world['r2']} from 0 s at gain 1, in at 2 s"
    )
    assert said[DeedKind.SETTINGS] == "mixed at 110 beats a minute, D major"
    assert (take.tempo_bpm, take.key) == (110, "D major")


def test_a_take_that_may_go_nowhere_any_more_is_not_submitted(world):
    """Made for DE alone; then DE is lost and the rest is cleared: nothing is left of it, and that is said."""
    participation.choose(
        world["nina"], world["nina"], Use.REMIX, "blend", WORLD - TerritorySet.of("DE"), answer="no", at=world.now(),
        actor=world["account nina"],
    )  # fmt: skip
    take = remixed(world)
    assert queries.take(SYSTEM, take).territories == TerritorySet.of("DE")
    for where, answer in ((TerritorySet.of("DE"), "no"), (TerritorySet.of("FR"), "yes")):
        participation.choose(
            world["nina"], world["nina"], Use.REMIX, "blend", where, answer=answer, at=world.now(),
            actor=world["account nina"],
        )  # fmt: skip
    with pytest.raises(Refused, match="cleared in none of them now"):
        actions.submit(take, world.now(), ACTOR)
    assert queries.creations() == []


def test_two_takes_are_compared_row_by_row(world):
    """The comparison has the same rows for both, and tells them apart."""
    first = remixed(world)
    second = actions.edit(first, "transpose 2", world.now(), ACTOR)
    rows = {what: (a, b) for what, a, b in queries.compare(SYSTEM, first, second).rows}
    assert rows["how it was made"] == ("remix", "edit") and rows["key"][0] != rows["key"][1]
    assert rows["length"][0] == rows["length"][1]


def test_a_submitted_take_is_a_creation_once(world):
    """Choosing and submitting makes a creation with everything it rests on; a second time is refused."""
    take = remixed(world)
    session = queries.take(SYSTEM, take).session
    actions.choose(session, take, world.now(), ACTOR)
    creation = queries.creation(SYSTEM, actions.submit(take, world.now(), ACTOR, "Two airs"))
    assert creation.title == "Two airs" and creation.demonstration and creation.territories
    assert creation.made_by[-1].kind is DeedKind.CHOICE
    with pytest.raises(Refused, match="submitted already"):
        actions.submit(take, world.now(), ACTOR)
    other = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    with pytest.raises(NotThere):
        actions.choose(other, take, world.now(), ACTOR)


def test_nobody_sees_what_is_not_theirs(world):
    """Another creator, and nobody, get NotThere for session, take and creation; lists are empty for them."""
    take = remixed(world)
    session = queries.take(SYSTEM, take).session
    creation = actions.submit(take, world.now(), ACTOR)
    for viewer in (ANYONE, Viewer("acc_x", frozenset({world["nina"]}), frozenset({Role.CREATOR}))):
        for look, one in (
            (queries.session, session),
            (queries.take, take),
            (queries.creation, creation),
            (queries.listen, take),
        ):
            with pytest.raises(NotThere):
                look(viewer, one)
        assert queries.sessions(viewer) == [] and queries.creations(viewer=viewer) == []


def test_what_is_no_recording_cannot_be_remixed(world):
    """A work has no sound, an unknown asset is not there, seconds outside a recording are bad input."""
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    with pytest.raises(BadInput):
        actions.remix(session, (RemixSource(asset=world["w1"]),), world.now(), ACTOR)
    with pytest.raises(NotThere):
        actions.remix(session, (RemixSource(asset="rec_nowhere"),), world.now(), ACTOR)
    with pytest.raises(BadInput):
        actions.remix(session, (RemixSource(asset=world["r1"], start_s=500),), world.now(), ACTOR)


def test_a_feature_that_is_not_live_has_no_studio(world):
    """Nobody sits down in a feature that is only proposed."""
    from tests.unit.studio.world import open_feature

    open_feature(world, "echo", Use.TRAIN)
    with pytest.raises(Refused) as no:
        actions.open_session(world["fan"], "echo", world.now(), ACTOR)
    assert no.value.refusal.code == "studio.feature-not-live"


def test_a_session_is_rebuilt_row_for_row(world):
    """Law 6: takes, checks, a choice and a creation come out of the journal as they went in."""
    take = remixed(world)
    actions.choose(queries.take(SYSTEM, take).session, take, world.now(), ACTOR)
    actions.submit(take, world.now(), ACTOR, "Two airs")
    before, seen = table_digest(), queries.creations()
    rebuild()
    assert table_digest() == before and queries.creations() == seen
    assert np.isfinite(seen[0].duration_s)


def sources_of(world: World) -> tuple[RemixSource, ...]:
    """Four seconds of each recording, the second coming in at three seconds at half the level."""
    return (
        RemixSource(asset=world["r1"], end_s=4),
        RemixSource(asset=world["r2"], end_s=4, offset_s=3, gain=0.5, tempo_bpm=92),
    )


def test_a_match_is_heard_before_the_take_is_made_and_is_the_take(world, home):
    """What is known, what is done and the figures are the take's, and so is the sound; no fact and no file comes of it."""
    session, at = actions.open_session(world["fan"], "blend", world.now(), ACTOR), world.now()
    before = head(), {*home.rglob("vault/**/*")}
    match = actions.match(session, sources_of(world), at)
    assert before == (head(), {*home.rglob("vault/**/*")}) and before[1]
    take = queries.take(SYSTEM, actions.remix(session, sources_of(world), at, ACTOR))
    assert match.figures == take.figures and tuple(fit.known for fit in match.fits) == take.analyses
    assert [fit.from_s for fit in match.fits] == pytest.approx([span.from_s for span in take.lineage], abs=1e-3)
    assert match.fits[1].tempo_bpm == pytest.approx(match.fits[0].tempo_bpm, abs=0.01)
    heard, rate = decode(match.sound)
    made = decode(queries.listen(SYSTEM, take.id))[0][round(match.from_s * rate) : round(match.to_s * rate)]
    loudness = [[float(np.abs(part).mean()) for part in np.array_split(sound, 40)] for sound in (heard, made)]
    assert np.corrcoef(loudness)[0, 1] > 0.99


def test_a_yes_taken_back_while_a_match_is_mixed_keeps_it_from_being_heard(world):
    """Clearance is decided again before anything is handed out."""

    def taken_back(step: str) -> None:
        if step.startswith("matching"):
            participation.revoke(
                world["nina"], world["nina"], Use.REMIX, "blend", at=world.now(), actor=world["account nina"]
            )

    with pytest.raises(Refused, match=f"{world['nina']} said no"):
        actions.match(Seat(world["fan"], "blend"), sources_of(world), world.now(), progress=taken_back)


def test_matches_have_a_pace(world, monkeypatch):
    """A match leaves no take, so the day's takes do not bound it; so many a minute do."""
    monkeypatch.setattr(matching, "_matches", Minute(0))
    with pytest.raises(Refused, match="matches a minute"):
        actions.match(Seat(world["fan"], "blend"), sources_of(world), world.now())


def test_the_command_line_lets_a_match_be_heard_too(world, home, tmp_path, monkeypatch, capsys):
    """`accord remix --match`: each clip, what is done to it and the figures in words, the sound in the file, and no take."""
    monkeypatch.setattr("accord.open", lambda folder=None: home)
    clips, taken = [f"{world['r1']}:0-4", f"{world['r2']}:0-4@3x0.5"], len(queries.sessions(SYSTEM))
    asked = [
        "remix",
        *clips,
        "--feature",
        "blend",
        "--creator",
        world["fan"],
        "--at",
        f"{world.now():%Y-%m-%dT%H:%M:%SZ}",
    ]
    assert run([*asked, "--match", str(tmp_path / "match.mp3")]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("beats a minute", "semitones", "LUFS", "ms apart", "seconds 0.0 to"))
    assert (tmp_path / "match.mp3").stat().st_size > 20_000 and len(queries.sessions(SYSTEM)) == taken
    with pytest.raises(BadInput, match="cannot be written: No such file"):
        write_file(tmp_path / "nowhere" / "match.mp3", b"")

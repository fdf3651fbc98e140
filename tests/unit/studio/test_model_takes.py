"""Takes that a model writes: new, continued, varied; where it may serve, what a prompt may name, how they are released."""

from __future__ import annotations

import pytest
from tests.made_once import made_once
from tests.unit.studio.scores import tune
from tests.unit.studio.world import World
from tests.unit.training.world import ACTOR, compose_world, no, sealed, trained

from accord.attribution import actions as attribution
from accord.catalog import queries as catalog
from accord.catalog.score import from_midi
from accord.journal.queries import head
from accord.parties import actions as parties
from accord.parties.queries import names
from accord.parties.viewer import SYSTEM
from accord.provenance import actions as provenance
from accord.provenance import queries as releases
from accord.provenance import showing
from accord.provenance.verify import verify
from accord.studio import actions, concepts, queries
from accord.studio import learned as learned_module
from accord.studio.asking import request_of
from accord.studio.learned import learned_from
from accord.studio.records import DeedKind, RemixSource, Seat, TakeKind, TakeState
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.training import actions as training
from accord.training import memory
from accord.training import queries as seals
from accord.training.generator import Request
from accord.vault import actions as vault

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
pytestmark = pytest.mark.django_db
ASKED = Request(key="E minor", metre=(3, 4), tempo_bpm=96, instruments=(73, 42), bars=4, seed=7)


def served() -> World:
    """A live model on twelve works, in DE and FR."""
    world = compose_world()
    world.ids["model"] = trained(world, sealed(world)).id
    training.promote(world["model"], world.now(), ACTOR)
    world.ids["session"] = actions.open_session(world["fan"], "compose", world.now(), ACTOR)
    return world


once, world = made_once(served)


def made(world: World, prompt: str | None = None, **more: object) -> str:
    """A new piece as ASKED."""
    return actions.make(world["session"], ASKED, prompt, world.now(), ACTOR, **more)  # type: ignore[arg-type]


def test_a_new_piece_is_in_the_key_metre_and_tempo_that_were_asked_for(world):
    """The take's notes are what was asked for, its stems are its voices, its sound is at the target loudness."""
    take = queries.take(SYSTEM, made(world, "a slow air"))
    score = from_midi(vault.read(take.midi or ""))
    assert (score.key, score.metre, score.tempo_bpm) == ("E minor", (3, 4), 96)
    assert take.state is TakeState.CLEAR and take.kind is TakeKind.NEW and len(take.stems) == 2
    assert take.figures is not None and abs(take.figures.loudness_lufs + 14) < 0.5
    assert take.model == world["model"] and "DE" in take.territories and "JP" not in take.territories


def test_the_same_seed_makes_the_same_sound(world):
    """Two takes of one request are the same file in the vault; another seed is another."""
    first, second = (queries.take(SYSTEM, made(world)) for _ in range(2))
    assert first.audio == second.audio
    other = actions.make(world["session"], request_of({"bars": 4, "seed": 8}, None), None, world.now(), ACTOR)
    assert queries.take(SYSTEM, other).audio != first.audio


def test_who_did_what_is_kept_and_the_prompts_text_is_not(world):
    """Prompt, settings and model each stand in who did what; the prompt's words stand nowhere in the journal."""
    from accord.journal.models import JournalEntry

    take = queries.take(SYSTEM, made(world, "a melancholy heron at dusk"))
    assert [deed.kind for deed in take.made_by] == [DeedKind.PROMPT, DeedKind.SETTINGS, DeedKind.MODEL]
    assert take.made_by[2].by == world["model"] and "seed 7" in take.made_by[2].what
    assert not JournalEntry.objects.filter(canonical__contains="heron").exists()


def test_a_prompt_that_names_somebody_is_refused_before_anything_is_made(world):
    """Style of a writer who did not agree to it: refused with the reason, and no take."""
    with pytest.raises(Refused) as refusal:
        made(world, "an air in the style of Wren Test")
    assert "Wren Test" in refusal.value.refusal.because
    assert queries.session(SYSTEM, world["session"]).takes == ()


def test_ones_own_midi_is_continued_and_varied(world):
    """A continuation begins with the phrase and is longer; a variation is as long; both name the seed phrase."""
    phrase = tune(110, "D major", bars=2)
    asked = request_of({"bars": 2, "seed": 3}, phrase.to_midi())
    assert (asked.key, asked.tempo_bpm) == ("D major", 110)
    longer = queries.take(
        SYSTEM, actions.continue_midi(world["session"], phrase.to_midi(), asked, None, world.now(), ACTOR)
    )
    varied = queries.take(
        SYSTEM, actions.vary_midi(world["session"], phrase.to_midi(), asked, None, world.now(), ACTOR)
    )
    assert (longer.kind, varied.kind) == (TakeKind.CONTINUATION, TakeKind.VARIATION)
    written = from_midi(vault.read(longer.midi or ""))
    assert written.bars > phrase.bars
    opening = [n.pitch for n in written.tracks[0].notes if n.onset < 2 * written.bar_ticks]
    assert opening[:4] == [n.pitch for n in phrase.tracks[0].notes][:4]
    assert DeedKind.SEED_PHRASE in {deed.kind for deed in longer.made_by}


def test_a_seed_phrase_opens_a_new_piece(world):
    """The piece begins with the phrase and goes on; who did what names the phrase as the person's own."""
    phrase = tune(110, "D major", bars=1).to_midi()
    asked = request_of({"bars": 4, "seed": 3}, phrase)
    take = queries.take(SYSTEM, actions.make(world["session"], asked, None, world.now(), ACTOR))
    written = from_midi(vault.read(take.midi or ""))
    first = [n.pitch for n in from_midi(phrase).tracks[0].notes]
    assert [n.pitch for n in written.tracks[0].notes][: len(first)] == first
    assert take.kind is TakeKind.NEW and DeedKind.SEED_PHRASE in {deed.kind for deed in take.made_by}


def test_the_studio_page_makes_all_three_kinds(world):
    """The form makes a new piece, opened with one's own phrase, and a variation; a missing file is said to be missing."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from accord.parties import accounts

    account = accounts.open_account("f@example.org", "correct horse battery staple", ["creator"], [world["fan"]])
    client = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})
    form = {"key": "D major", "metre": "4/4", "tempo": "110", "bars": "2", "seed": "3", "instruments": ["40"]}

    def sent(kind: str, with_midi: bool) -> int:
        midi = {"midi": SimpleUploadedFile("a.mid", tune(110, "D major", bars=1).to_midi())} if with_midi else {}
        return client.post(f"/studio/{world['session']}/make", {**form, "kind": kind, **midi}).status_code

    assert [sent("new", False), sent("new", True), sent("vary", True), sent("continue", False)] == [302, 302, 302, 400]
    for wrong in ({"metre": "x"}, {"bars": "2.5"}, {"seed": "-1"}, {"instruments": ["lute"]}, {"tempo": "fast"}):
        assert client.post(f"/studio/{world['session']}/make", form | wrong | {"kind": "new"}).status_code == 400, wrong
    midi = SimpleUploadedFile("a.mid", tune(96, "A major", bars=1).to_midi())
    open_form = {"kind": "vary", "key": "", "metre": "", "tempo": "", "bars": "", "seed": "0", "midi": midi}
    assert client.post(f"/studio/{world['session']}/make", open_form).status_code == 302
    own = queries.session(SYSTEM, world["session"]).takes[-1]
    assert (own.key, own.tempo_bpm) == ("A major", 96) and "seed 0" in own.made_by[-1].what
    kinds = [take.kind for take in queries.session(SYSTEM, world["session"]).takes]
    assert kinds == [TakeKind.NEW, TakeKind.NEW, TakeKind.VARIATION, TakeKind.VARIATION]
    page = client.get(f"/studio/{world['session']}").content.decode()
    assert "notes of their own" in page


def test_one_bar_of_one_voice_is_written_again_and_the_rest_is_kept(world):
    """Only notes of that bar and voice differ; the take it came from is its parent; what it has not is said to be missing."""
    take = made(world)
    before = from_midi(vault.read(queries.take(SYSTEM, take).midi or ""))
    voice, line = before.tracks[0].name, [note.onset // before.bar_ticks + 1 for note in before.tracks[0].notes]
    busy = max(set(line), key=line.count)
    new = actions.vary_take(take, (busy,), (voice,), world.now(), ACTOR, seed=4, strength=1.0)
    found = queries.take(SYSTEM, new)
    after = from_midi(vault.read(found.midi or ""))
    differ = set(before.tracks[0].notes) ^ set(after.tracks[0].notes)
    assert differ and {note.onset // before.bar_ticks + 1 for note in differ} == {busy}
    assert before.tracks[1:] == after.tracks[1:]
    assert found.parent == take and found.made_by[-1].what == f"wrote bar {busy} of {voice} again, seed 4"
    for bars, voices in (((9,), ()), ((), ("lute",))):
        with pytest.raises(BadInput, match="there is no"):
            actions.vary_take(take, bars, voices, world.now(), ACTOR)


def test_what_is_put_together_of_kept_and_new_bars_is_held_to_the_bound_too(world, monkeypatch):
    """A run over the seam that stands in the set does not leave, though the model wrote no such run; one's own notes may."""
    take = made(world)
    again = {"seed": 4, "strength": 1.0}
    new = queries.take(SYSTEM, actions.vary_take(take, (2,), (), world.now(), ACTOR, **again))
    whole = from_midi(vault.read(new.midi or ""))
    monkeypatch.setattr(seals, "known", lambda seal: memory.learn([whole], 2))
    with pytest.raises(Refused) as no:
        actions.vary_take(take, (2,), (), world.now(), ACTOR, **again)
    assert no.value.refusal.code == "training.by-heart" and "what is kept around it" in str(no.value)
    seals.check_leaves(world["model"], whole, brought=whole)
    assert len(queries.session(SYSTEM, world["session"]).takes) == 2


def test_an_edit_of_notes_is_rendered_again(world):
    """Transposing moves the notes in the MIDI and the key; the stems follow."""
    take = made(world)
    edited = queries.take(SYSTEM, actions.edit(take, "transpose 2", world.now(), ACTOR))
    assert edited.key == "F# minor" and edited.model == world["model"] and len(edited.stems) == 2
    before, after = (from_midi(vault.read(queries.take(SYSTEM, t).midi or "")) for t in (take, edited.id))
    moved = [n.pitch - o.pitch for n, o in zip(after.tracks[0].notes, before.tracks[0].notes, strict=True)]
    assert set(moved) == {2}


def test_a_gain_is_kept_by_the_edits_that_follow(world):
    """Six decibels taken away stay away when the notes are transposed and rendered again."""
    quiet = actions.edit(made(world), "gain -6", world.now(), ACTOR)
    moved = actions.edit(quiet, "transpose 2", world.now(), ACTOR)
    heard = [queries.take(SYSTEM, take).figures.loudness_lufs for take in (quiet, moved)]
    assert heard == pytest.approx([-20, -20], abs=0.6)


def test_an_edit_does_not_make_a_piece_endless(world):
    """Four bars are slowed to 20 beats a minute; sixty-four of them would be ten minutes and more, and are refused."""
    from accord.studio.making import from_score
    from accord.terms.refusal import BadInput

    with pytest.raises(BadInput, match="a piece of 768 seconds is too long"):
        from_score(tune(20, "C major", bars=64))


def test_the_settings_name_the_instruments(world):
    """Who did what says which instruments the person asked for."""
    settings = queries.take(SYSTEM, made(world)).made_by[0]
    assert settings.what == "E minor, 3/4, 96 beats a minute, 4 bars, instruments 73, 42 (General MIDI)"


def test_a_model_is_not_asked_for_what_it_cannot_do(world, monkeypatch):
    """An adapter that lists no key among its capabilities is not asked for E minor: refused before it writes."""
    from accord.terms.refusal import BadInput
    from accord.training import queries as models

    class Outside:
        capabilities = frozenset({"new"})

        def generate(self, request):  # type: ignore[no-untyped-def]
            raise AssertionError("it was asked")

    monkeypatch.setattr(models, "generator", lambda *args: Outside())
    with pytest.raises(BadInput, match="cannot follow `key`"):
        made(world)


def test_outside_the_seals_territories_nothing_is_made(world):
    """The set was sealed for DE and FR: in JP the model is refused service."""
    with pytest.raises(Refused):
        made(world, territory="JP")


def test_a_revocation_stops_making_and_submitting_where_the_deal_says_so(world):
    """After a writer takes the yes back and the model's day has come, nothing is made or submitted any more."""
    from datetime import timedelta

    take = made(world)
    no(world, "wren")
    training.apply_revocations(world.now())
    world.at += timedelta(days=400)
    with pytest.raises(Refused):
        actions.submit(take, world.now(), ACTOR)
    with pytest.raises(Refused):
        made(world)


def test_a_released_piece_says_which_set_its_model_learned_from(world):
    """The file names model and seal, ContainsAI All, the writers whose works are closest, and proves it."""
    creation = actions.submit(made(world), world.now(), ACTOR, "Dusk")
    attribution.attribute(creation, world.now(), ACTOR)
    released = provenance.release(creation, world.now(), ACTOR)
    found = verify(releases.released_folder() / released.files[0].name, releases.trust())
    assert found.proven, found.because
    shown = "\n".join(showing.lines(found))
    assert f"made of: model {world['model']}, which learned from sealed set {released.seal}: 12 works" in shown
    assert "ContainsAI): All" in shown and "learned only from music whose owners and artists agreed" in found.label
    assert released.sources and all(source.decision for source in released.sources)
    assert any(one.standing == "writer" and one.grade == 4 for one in released.agreed)
    assert sum(share.units for share in released.shares) == released.total_units


def test_a_continuation_is_partly_ai(world):
    """A person's phrase and a model's notes: ContainsAI Partly, with both contributors."""
    phrase = tune(110, "D major", bars=2).to_midi()
    take = actions.continue_midi(world["session"], phrase, request_of({"bars": 2}, phrase), None, world.now(), ACTOR)
    creation = actions.submit(take, world.now(), ACTOR, "Mine and its")
    attribution.attribute(creation, world.now(), ACTOR)
    disclosed = provenance.release(creation, world.now(), ACTOR).disclosure
    assert disclosed.contains_ai == "Partly"
    assert {(one.contributor, one.value) for one in disclosed.contributions} == {
        (world["fan"], "None"), ("GenerativeAI", "All")
    }  # fmt: skip


def test_without_a_live_model_there_is_nothing_to_make_with(world):
    """A model that is not there is NotThere; a feature whose model is gone is refused."""
    with pytest.raises(NotThere):
        made(world, model="mdl_nowhere")
    assert parties.register_party("person", "Else", at=world.now(), actor=ACTOR)


def test_a_refused_piece_leaves_no_session(world):
    """Sat down with the first take, a session begins with it: what is refused leaves none, what is made stands in a new one."""
    before = head(), queries.sessions(SYSTEM)
    with pytest.raises(Refused):
        actions.make(Seat(world["fan"], "compose"), ASKED, None, world.now(), ACTOR, territory="JP")
    assert (head(), queries.sessions(SYSTEM)) == before
    take = actions.make(Seat(world["fan"], "compose"), ASKED, None, world.now(), ACTOR)
    new = queries.session(SYSTEM, queries.take(SYSTEM, take).session)
    assert new.id != world["session"] and (new.creator, [one.id for one in new.takes]) == (world["fan"], [take])


def test_an_audience_sees_whose_works_the_model_learned_from(world, client, monkeypatch):
    """Two takes that a model wrote, behind their link: their maker, how many works were learned from, and by whom; read once."""
    first = made(world)
    second = actions.edit(first, "gain -6", world.now(), ACTOR)
    concept = concepts.open_concept(first, second, "", 5, world.now(), ACTOR)
    learned = learned_from(world["model"])
    assert learned.works == len(seals.seal(seals.model(world["model"]).seal).items) and learned.writers
    page = client.get(f"/concepts/{concept}/{concepts.mark(concept)}").content.decode()
    assert f"learned from {learned.works} works" in page
    assert all(name in page for name in names(learned.writers).values())
    monkeypatch.setattr(learned_module, "NAMED", 1)
    learned_module._of_set.cache_clear()
    few = learned_from(world["model"])
    assert (few.writers, few.more) == (learned.writers[:1], len(learned.writers) + learned.more - 1) and few.more
    page = client.get(f"/concepts/{concept}/{concepts.mark(concept)}").content.decode()
    assert f"by {names(few.writers)[few.writers[0]]} and {few.more} more." in page
    monkeypatch.setattr(catalog, "assets", lambda **asked: pytest.fail("the catalogue was read again"))
    assert learned_from(world["model"]) == few
    learned_module._of_set.cache_clear()


def test_where_nothing_is_mixed_two_pieces_are_not_either(world):
    """Those in the set agreed to a feature that writes: it names no `remix`, and the refusal says who could."""
    first, second = made(world), made(world)
    with pytest.raises(Refused) as refused:
        actions.remix(world["session"], (RemixSource(asset=first), RemixSource(asset=second)), world.now(), ACTOR)
    assert refused.value.refusal.code == "studio.no-remixes"

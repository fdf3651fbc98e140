"""A mix of recordings and of what a model wrote: where it may be made, who is in it, how it is released and what stops it."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

import msgspec
import pytest
from django.test import Client
from tests.made_once import made_once
from tests.unit.studio.remixing import client, refused
from tests.unit.studio.scores import tune
from tests.unit.studio.test_outside import Hum
from tests.unit.studio.world import World, launch, open_feature
from tests.unit.training.test_outside import folder_of
from tests.unit.training.world import ACTOR, compose_world, no, sealed, trained

from accord.attribution import actions as attribution
from accord.attribution import queries as shares
from accord.attribution import tracing
from accord.attribution.records import LINEAGE, ShareKind
from accord.clearance import actions as clearance
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.portal import queries as portal
from accord.provenance import actions as provenance
from accord.provenance import credits as crediting
from accord.provenance import queries as releases
from accord.provenance import remixes, showing
from accord.provenance.verify import verify
from accord.studio import actions, outside, queries, rules, stopped
from accord.studio.others import others
from accord.studio.plain import shown
from accord.studio.records import DeedKind, RemixSource, TakeState
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import actions as training
from accord.training import adapters, gathering, outsiders, weights
from accord.training.adapters import SoundRequest
from accord.training.generator import Request
from accord.training.outside import licence

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
pytestmark = pytest.mark.django_db
ASKED = Request(key="C major", metre=(4, 4), tempo_bpm=120, instruments=(73, 42), bars=4, seed=7)


def mixing() -> World:
    """`compose` trains and mixes: a piece that the model continued from the fan's own phrase, and a mix of it with a recording."""
    world = compose_world(mixes=True)
    world.ids["model"] = trained(world, sealed(world)).id
    training.promote(world["model"], world.now(), ACTOR)
    world.ids["session"] = actions.open_session(world["fan"], "compose", world.now(), ACTOR)
    phrase = tune(120, "C major", 91, bars=2).to_midi()
    world.ids["piece"] = actions.continue_midi(world["session"], phrase, ASKED, "an air", world.now(), ACTOR)
    world.ids["mix"] = mix(world)
    return world


def mix(world: World, session: str = "session", piece: str = "piece") -> str:
    """Four seconds of the piece, then from the third on as much of the first recording."""
    sources = (RemixSource(asset=world[piece], end_s=4), RemixSource(asset=world["r0"], end_s=4, offset_s=2))
    return actions.remix(world[session], sources, world.now(), ACTOR)


def handed_in(world: World, take: str, title: str = "All of it") -> str:
    """The take as an attributed creation."""
    creation = actions.submit(take, world.now(), ACTOR, title)
    attribution.attribute(creation, world.now(), ACTOR)
    return creation


once, world = made_once(mixing)


def test_a_model_is_a_root_of_a_mix_and_serves_it_only_where_it_is_sealed(world):
    """The lineage names recording and model, second by second; the mix may go where both may, and rests on set and decision."""
    take = queries.take(SYSTEM, world["mix"])
    assert take.state is TakeState.CLEAR and take.model is None
    heard = {(s.asset, s.piece) for s in take.lineage}
    assert heard == {(world["model"], world["piece"]), (world["r0"], None)}
    assert take.territories == queries.take(SYSTEM, world["piece"]).territories
    assert queries.take(SYSTEM, world["piece"]).decisions[0] in take.decisions and len(take.decisions) == 2
    assert {world["deal"], world["deal label"]} <= set(take.deals)
    assert {DeedKind.MODEL, DeedKind.SEED_PHRASE, DeedKind.SELECTION} <= {deed.kind for deed in take.made_by}


def test_tempo_and_key_of_a_piece_are_those_of_its_notes(world):
    """The studio wrote them, so it need not listen for them."""
    first = queries.take(SYSTEM, world["mix"]).analyses[0]
    assert (first.tempo_bpm, first.tempo_known, first.key, first.key_known) == (120, "score", "C major", "score")


def test_one_creation_holds_recordings_a_model_its_set_and_the_persons_own_notes(world):
    """Each moment is shared by gain; the piece's part is divided as it is alone, the recording's among what is heard: exactly one."""
    piece, mixed = queries.take(SYSTEM, world["piece"]), handed_in(world, world["mix"])
    alone = handed_in(world, world["piece"], "The piece alone")
    found, single = shares.attribution(mixed), shares.attribution(alone)
    assert sum(row.units for row in found.rows) == found.total_units
    span = {s.piece or s.asset: s for s in queries.take(SYSTEM, world["mix"]).lineage}
    both = span[world["piece"]].to_s - span[world["r0"]].from_s
    whole = span[world["r0"]].to_s
    part = Fraction(round((span[world["piece"]].to_s - both / 2) * 1000), round(whole * 1000))
    heard = [row for row in found.rows if row.kind is ShareKind.SOURCE and row.method == LINEAGE]
    assert [row.subject for row in heard] == [world["r0"]]
    # sources have 80 % of what is heard; of the piece the person's own notes go first
    assert abs(Fraction(heard[0].units, found.total_units) - Fraction(8, 10) * (1 - part)) < Fraction(1, 1000)
    learned = {row.subject for row in found.rows if row.kind is ShareKind.SOURCE} - {world["r0"]}
    assert learned == {row.subject for row in single.rows if row.kind is ShareKind.SOURCE}
    for asset in learned:
        assert abs(found.share(asset) - part * single.share(asset)) < Fraction(1, 1000)
    assert piece.own is not None
    own = [
        row
        for row in found.rows
        if row.subject == world["fan"] and "notes of a piece that is heard in it" in row.because
    ]
    assert len(own) == 1 and abs(
        Fraction(own[0].units, found.total_units) - Fraction(8, 10) * part * Fraction(piece.own.notes, piece.own.of)
    ) < Fraction(1, 1000)
    human = shares.evidence(mixed).human
    assert human is not None and human.parts[0].did == "wrote"
    assert abs(human.parts[0].ppm / 1e6 - float(part) * piece.own.notes / piece.own.of) < 0.001


def test_its_release_says_both_and_a_stranger_can_check_it(world, tmp_path):
    """Label, credits, DDEX disclosure, C2PA and the page name the recording, the model and what it learned from."""
    creation = handed_in(world, world["mix"])
    release = provenance.release(creation, world.now(), ACTOR)
    assert release.model is None and [(one.model, one.learned_works) for one in release.written] == [
        (world["model"], 12)
    ]
    assert release.label.startswith("Mixed by a person from recordings and what an AI model wrote, in Compose.")
    assert "(12 works)" in release.label and "It contains Air 0, with everyone's agreement." in release.label
    assert release.disclosure.contains_ai == "Partly"
    assert {("GenerativeAI", "Composer"), (world["fan"], "Remixer")} <= {
        (one.contributor, one.role) for one in release.disclosure.contributions
    }
    credits = releases.credits(creation)
    assert {line.verb for line in credits.lines} == {"contains", "learned from"}
    agreed = {(one.party, one.asset) for one in release.agreed}
    assert (world["nina"], world["r0"]) in agreed and any(party == world["wren"] for party, _ in agreed)
    proven = verify(releases.file_of(release.id, "wav"), releases.trust())
    assert proven.proven
    told = "\n".join(showing.lines(proven))
    assert f"made of: model {world['model']}, which learned from sealed set" in told and "made of: Air 0" in told
    page = Client().get(f"/creations/{creation}").content.decode()
    assert "1 recording heard, and 12 works that the model learned from" in page and world["model"] not in page
    graph = client(world, "fan").get(f"/creations/{creation}/lineage").content.decode()
    assert "the model" in graph and "Air 0" in graph


def test_what_a_model_wrote_is_mixed_only_where_it_serves(world):
    """In another feature its set was never asked for: refused, with where it may be mixed."""
    open_feature(world, "blend", Use.REMIX)
    launch(world, "blend")
    world.ids["elsewhere"] = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    told = refused(lambda: mix(world, "elsewhere"), "studio.another-feature")
    assert f"what {world['model']} wrote, which serves compose" in told
    inner = handed_in(world, world["mix"])
    provenance.release(inner, world.now(), ACTOR)
    refused(lambda: remixes.say(inner, "blend", "yes", world.now(), ACTOR), "studio.another-feature")


def test_a_no_to_training_stops_a_mix_when_the_models_time_is_up(world):
    """A writer of the set takes the yes back: from the day the strictest deal demands nothing is made, edited, handed in or
    released with the mix, and its maker is told."""
    creation, waits = handed_in(world, world["mix"]), mix(world)
    no(world, "wren")
    world.at += timedelta(days=400)
    for doing in (
        lambda: mix(world),
        lambda: actions.edit(world["mix"], "gain -3", world.now(), ACTOR),
        lambda: actions.submit(waits, world.now(), ACTOR, "again"),
        lambda: provenance.release(creation, world.now(), ACTOR),
    ):
        refused(doing, "training.past-sunset")
    take = queries.take(SYSTEM, world["mix"])
    (why,) = stopped.refused([take], world.now())[take.id]
    assert "may not serve since" in why
    assert world["mix"] in tracing.touched_by(world["model"])[0]
    assert [root for root, _ in tracing.traced(creation, world.now()).withdrawn] == [world["model"]]


def test_a_no_to_remixes_stops_it_too(world):
    """The performer of the recording says no: the model alone goes on, the mix does not."""
    participation.revoke(
        world["nina"], world["nina"], Use.REMIX, "compose", at=world.now(), actor=world["account nina"]
    )
    refused(lambda: mix(world), "studio.source-not-cleared")
    actions.edit(world["piece"], "gain -3", world.now(), ACTOR)
    refused(lambda: actions.edit(world["mix"], "gain -3", world.now(), ACTOR), "studio.source-not-cleared")


def test_a_part_that_was_cut_away_binds_nobody(world):
    """Trimmed to where the recording alone is heard, the mix has no model in it: its set, credits and label are gone with it."""
    whole = queries.take(SYSTEM, world["mix"])
    (recording,) = [span for span in whole.lineage if span.piece is None]
    end = max(span.to_s for span in whole.lineage if span.piece is not None)
    cut = actions.edit(world["mix"], f"trim {end + 0.01:.2f} {recording.to_s - 0.01:.2f}", world.now(), ACTOR)
    creation = queries.creation(SYSTEM, handed_in(world, cut))
    assert {span.asset for span in creation.lineage} == {world["r0"]} and len(creation.decisions) == 1
    assert world["deal"] not in creation.deals
    release = provenance.release(creation.id, world.now(), ACTOR)
    assert not release.written and "model" not in release.label
    (maker,) = [row for row in shares.attribution(creation.id).rows if row.kind is ShareKind.COCREATOR]
    assert "model" not in maker.because
    page = Client().get(f"/creations/{creation.id}").content.decode()
    assert world["piece"] not in page and world["model"] not in page and "The model: " in page


def test_others_lay_it_in_with_its_makers_yes_and_both_are_asked_again(world):
    """A remix of the released mix: the model is a root of it still, its maker has a part, and the takes inside stay the maker's."""
    inner = handed_in(world, world["mix"])
    provenance.release(inner, world.now(), ACTOR)
    remixes.say(inner, "compose", "yes", world.now(), ACTOR)
    world.ids["gina"] = parties.register_party("person", "Gina Test", at=world.now(), actor=ACTOR)
    (found,) = others("compose", world["gina"], world.now())
    assert found.models == (world["model"],) and found.recordings == (world["r0"],)
    session = actions.open_session(world["gina"], "compose", world.now(), ACTOR)
    sources = (RemixSource(asset=inner, end_s=5), RemixSource(asset=world["r1"], end_s=2, offset_s=4))
    take = queries.take(SYSTEM, actions.remix(session, sources, world.now(), ACTOR))
    assert {span.asset for span in take.lineage} == {world["model"], world["r0"], world["r1"]}
    told = shown(take)["lineage"]
    assert all(span["piece"] is None for span in told) and world["piece"] not in str(told)
    made = shares.attribution(handed_in(world, take.id, "Of a mix"))
    assert sum(row.units for row in made.rows) == made.total_units
    assert {row.subject for row in made.rows if row.kind is ShareKind.COCREATOR} == {world["gina"], world["fan"]}
    no(world, "walt")
    world.at += timedelta(days=400)
    assert others("compose", world["gina"], world.now()) == []
    refused(lambda: actions.remix(session, sources, world.now(), ACTOR), "training.past-sunset")


def test_a_piece_of_a_model_is_remixed_by_others_in_its_own_feature(world):
    """Its maker may say yes to that there: what the model wrote is heard in one feature, by whomever it is mixed."""
    piece = handed_in(world, world["piece"], "The piece")
    provenance.release(piece, world.now(), ACTOR)
    assert [one.feature for one in remixes.said(queries.creation(SYSTEM, piece))] == ["compose"]
    remixes.say(piece, "compose", "yes", world.now(), ACTOR)
    world.ids["gina"] = parties.register_party("person", "Gina Test", at=world.now(), actor=ACTOR)
    session = actions.open_session(world["gina"], "compose", world.now(), ACTOR)
    sources = (RemixSource(asset=piece, end_s=3), RemixSource(asset=world["r1"], end_s=2, offset_s=2))
    take = queries.take(SYSTEM, actions.remix(session, sources, world.now(), ACTOR))
    creation = handed_in(world, take.id, "With a piece")
    made = shares.attribution(creation)
    own = [row for row in made.rows if row.subject == world["fan"] and "notes of a piece" in row.because]
    assert own, "notes that the maker of the inner piece brought are that maker's"
    graph = tracing.traced(creation, world.now()).family
    of = {member.id: dict(member.shares) for member in graph.members}
    kinds = {member.id: member.kind for member in graph.members}
    assert kinds[piece] == "creation" and kinds[world["model"]] == "model" and kinds[world["fan"]] == "person"
    assert world["piece"] not in kinds
    for name in (take.id, piece):
        parts = [
            (root, down.part * share)
            for down in graph.descents
            if down.made == name
            for root, share in of[down.source].items()
        ]
        assert {root: sum(part for one, part in parts if one == root) for root, _ in parts} == of[name]
    no(world, "wren")
    world.at += timedelta(days=400)
    assert tracing.traced(creation, world.now()).withdrawn == ((world["model"], (take.id, piece)),)


def test_what_is_lost_with_a_no_counts_the_mixes_too(world):
    """An artist's start page says which creations a no would touch: those in which the model is heard as well."""
    creation = handed_in(world, world["mix"])
    assert creation in portal._creations(set(), {world["model"]}, "compose")


def test_the_page_offers_both_and_a_mix_of_both_from_its_form(world):
    """A feature for both has the form of a piece and that of a mix, in which a take of one's own can be chosen; every id is its own."""
    fan = client(world, "fan")
    page = fan.get(f"/studio/{world['session']}").content.decode()
    assert "Make a take" in page and "Mix it with recordings" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert f'<option value="{world["piece"]}">' in page
    form = {"kind": "remix", "asset_a": world["piece"], "start_a": "0", "end_a": "3", "offset_a": "0", "gain_a": "1"}
    form |= {"asset_b": world["r1"], "start_b": "0", "end_b": "3", "offset_b": "2", "gain_b": "0.5"}
    heard = fan.post(f"/studio/{world['session']}/match", form).content.decode()
    assert "How they fit" in heard and "Take 1" in heard
    assert fan.post(f"/studio/{world['session']}/make", form).status_code == 302
    made = queries.session(SYSTEM, world["session"]).takes[-1]
    assert {span.asset for span in made.lineage} == {world["model"], world["r1"]}
    compared = fan.get(f"/studio/{world['session']}/compare?a={world['piece']}&b={made.id}").content.decode()
    assert world["model"] not in compared and "the model" in compared


def test_one_creation_has_all_of_them(world, monkeypatch, tmp_path):
    """A recording, a piece of the feature's model with the person's own phrase in it, and sound by an outside model: each part is
    who it is owed to or nobody's, and the label tells the two models apart."""
    meta = parties.register_party("label", "Meta Test", at=world.now(), actor=ACTOR)
    held = licence("CC-BY-NC-4.0", meta, (), False)
    hum = outsiders.register("Hum", "2", "musicgen", "sha256:" + "a" * 64, 9, held, world.now(), ACTOR).id
    monkeypatch.setattr(adapters, "_opened", lambda adapter, folder, digest: Hum())
    monkeypatch.setattr(weights, "folder_of", lambda model, digest: folder_of(tmp_path / "hum"))
    outsiders.admit(hum, "compose", TerritorySet.of("DE"), world.now(), ACTOR)
    sound = outside.make(world["session"], SoundRequest("a slow hum", 4.0, seed=3), world.now(), ACTOR)
    sources = (
        RemixSource(asset=world["piece"], end_s=4),
        RemixSource(asset=world["r0"], end_s=4, offset_s=4),
        RemixSource(asset=sound, end_s=4, offset_s=8, tempo_bpm=120, key="C major"),
    )
    take = queries.take(SYSTEM, actions.remix(world["session"], sources, world.now(), ACTOR))
    assert take.territories == TerritorySet.of("DE")
    made = shares.attribution(creation := handed_in(world, take.id))
    assert sum(row.units for row in made.rows) == made.total_units
    (nobodys,) = (row for row in made.rows if row.kind is ShareKind.OUTSIDE)
    assert nobodys.subject == hum
    seconds = {span.asset: span.to_s - span.from_s for span in take.lineage}
    part = Fraction(nobodys.units, made.total_units)
    assert abs(part - Fraction(8, 10) * Fraction(seconds[hum] / sum(seconds.values()))) < Fraction(1, 20)
    release = provenance.release(creation, world.now(), ACTOR)
    assert {one.model for one in release.written} == {world["model"], hum}
    assert "The model, Hum 2, was trained elsewhere" in release.label and "(12 works)" in release.label
    told = "\n".join(showing.lines(verify(releases.file_of(release.id, "mp3"), releases.trust())))
    assert f"made of: outside model Hum 2 ({hum}), weights CC-BY-NC-4.0" in told.replace(
        "sha256:" + "a" * 64 + " under ", ""
    )
    page = Client().get(f"/creations/{creation}").content.decode()
    assert "Hum 2 made it, a model that was trained elsewhere" in page and "1 recording heard" in page
    outsiders.dismiss(hum, "compose", "it hums", world.now(), ACTOR)
    refused(lambda: actions.edit(take.id, "gain -3", world.now(), ACTOR), "training.not-admitted")


def test_a_mix_goes_only_where_the_model_may(world):
    """Recordings may be heard everywhere; asked for a place outside the set's seal, the mix is refused, in words."""
    sources = (RemixSource(asset=world["piece"], end_s=3), RemixSource(asset=world["r0"], end_s=3, offset_s=1))
    where = TerritorySet.of("DE", "JP")
    told = refused(
        lambda: actions.remix(world["session"], sources, world.now(), ACTOR, territories=where),
        "studio.nowhere-in-common",
    )
    assert f"what {world['model']} wrote may not be heard in JP" in told


def test_a_hold_on_a_piece_stops_what_it_was_edited_to_and_every_mix_of_either(world):
    """Held is held: neither the louder piece nor a mix of it is handed in, released or edited while the hold stands."""
    louder = actions.edit(world["piece"], "gain 2", world.now(), ACTOR)
    waits = handed_in(world, louder, "Louder")
    world.ids["louder"] = actions.edit(louder, "gain -1", world.now(), ACTOR)
    again = mix(world, piece="louder")
    hold = clearance.place_hold(world["piece"], "somebody asked", at=world.now(), actor=ACTOR)
    for doing in (
        lambda: actions.submit(world["louder"], world.now(), ACTOR, "Held"),
        lambda: actions.edit(louder, "gain -1", world.now(), ACTOR),
        lambda: actions.vary_take(louder, (1,), (), world.now(), ACTOR),
        lambda: provenance.release(waits, world.now(), ACTOR),
        lambda: actions.submit(again, world.now(), ACTOR, "Held too"),
    ):
        refused(doing, "studio.take-held")
    clearance.lift_hold(hold, "it was a mistake", at=world.now(), actor=ACTOR)
    provenance.release(waits, world.now(), ACTOR)


def test_nobody_hears_the_name_of_a_take_inside_what_somebody_else_made(world):
    """Law 10: a released creation in which nothing is heard is no source of a mix, and is called by its own name."""
    take = queries.take(SYSTEM, world["mix"])
    silent = msgspec.structs.replace(take, lineage=())
    refusal = rules.of_nothing(silent, "cre_000009")
    assert refusal is not None and refusal.subject == "cre_000009" and take.id not in str(refusal)


def test_a_work_that_two_pieces_learned_from_is_credited_once(world):
    """Each piece in a mix has its own because for a work; credits add them up."""
    creation = queries.creation(SYSTEM, handed_in(world, world["mix"]))
    found = shares.attribution(creation.id)
    one = max((row for row in found.rows if row.method != LINEAGE), key=lambda row: (row.kind == "source", row.units))
    half = msgspec.structs.replace(one, units=one.units // 2, because="of another piece")
    rest = msgspec.structs.replace(one, units=one.units - half.units)
    twice = msgspec.structs.replace(found, rows=(*(row for row in found.rows if row is not one), half, rest))
    assets = gathering.with_ancestors(row.subject for row in found.rows if row.kind == "source")
    told = [crediting.credits(creation, of, assets, ()) for of in (found, twice)]
    assert told[0] == told[1] and one.subject in {line.asset for line in told[0].lines}

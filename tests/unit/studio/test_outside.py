"""Sound by a model that was trained elsewhere: who may make it, what it is called, whom nobody credits, where its money waits."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pytest
from django.test import Client
from tests.made_once import made_once
from tests.unit.studio.world import ACTOR, World, launch, open_feature
from tests.unit.training.test_outside import folder_of

from accord.attribution import actions as attribution
from accord.attribution import queries as shares
from accord.governance import actions as governance
from accord.insights import gather_attribution
from accord.journal.queries import head
from accord.metering import actions as metering
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.payouts import actions as payouts
from accord.payouts import matching
from accord.payouts import queries as closed
from accord.payouts.reading_rooms import FROM_OUTSIDE
from accord.provenance import actions as provenance
from accord.provenance import queries as releases
from accord.provenance import showing, shown
from accord.provenance.verify import verify
from accord.studio import actions, concepts, outside, queries
from accord.studio.records import Seat, TakeState
from accord.terms.refusal import BadInput, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import adapters, outsiders, weights
from accord.training.adapters import SoundRequest
from accord.training.outside import licence

pytestmark = pytest.mark.django_db
DE = TerritorySet.of("DE")
ASKED = SoundRequest("a slow hum", 2.0, seed=3)


class Hum:
    """A model of sound that draws a chord by the seed, in one channel at 32 kHz: what an adapter answers to."""

    def generate(self, request: SoundRequest) -> tuple[adapters.Samples, int]:
        """A chord."""
        at = np.arange(int(request.seconds * 32_000)) / 32_000
        pitches = 110 * 2 ** (np.random.default_rng(request.seed).integers(0, 24, 3) / 12)
        return np.sin(2 * np.pi * pitches[:, None] * at).sum(0, dtype=np.float32)[:, None] / 3, 32_000


def humming() -> World:
    """`sketch` is live, and an outside model under CC-BY-NC-4.0 is admitted to it in DE."""
    world = World()
    for name, kind in (("meta", "label"), ("fan", "person")):
        world.ids[name] = parties.register_party(kind, name.title() + " Test", at=world.now(), actor=ACTOR)
    open_feature(world, "sketch", Use.REMIX)
    launch(world, "sketch")
    held = licence("CC-BY-NC-4.0", world["meta"], (), False)
    digest = "sha256:" + "a" * 64
    world.ids["model"] = outsiders.register("Hum", "2", "musicgen", digest, 9, held, world.now(), ACTOR).id
    outsiders.admit(world["model"], "sketch", DE, world.now(), ACTOR)
    return world


once, world = made_once(humming)


@pytest.fixture(autouse=True)
def hums(monkeypatch, tmp_path):  # type: ignore[no-untyped-def]
    """Whatever folder is opened, it hums."""
    monkeypatch.setattr(adapters, "_opened", lambda adapter, folder, digest: Hum())
    monkeypatch.setattr(weights, "folder_of", lambda model, digest: folder_of(tmp_path / "hum"))


def made(world: World, asked: SoundRequest = ASKED, **more: object) -> str:
    """A take by the fan."""
    return outside.make(Seat(world["fan"], "sketch"), asked, world.now(), ACTOR, **more)  # type: ignore[arg-type]


def test_sound_is_made_from_words_checked_and_signed_with_its_model(world):
    """A take of the seconds asked for, in two channels at the studio's loudness, clear after its check; the words are kept privately."""
    take = queries.take(SYSTEM, made(world))
    assert (take.model, take.midi, take.state, take.territories) == (world["model"], None, TakeState.CLEAR, DE)
    assert take.duration_s == 2.0 and take.figures is not None and abs(take.figures.loudness_lufs + 14) < 0.5
    assert [deed.what for deed in take.made_by] == ["a prompt of 3 words, kept privately", "2 s of sound, seed 3"]
    assert take.decisions == (outsiders.model(world["model"]).admissions[0].id,) and take.deals == ()


def test_what_may_not_be_made_leaves_nothing(world):
    """Where it is not admitted, in words that name somebody, with nothing asked, after it was dismissed: refused, no fact."""
    wren = parties.register_party("person", "Wren Test", at=world.now(), actor=ACTOR)
    before = head()
    with pytest.raises(Refused, match="in DE, not in `FR`"):
        made(world, territory="FR")
    with pytest.raises(BadInput, match="nothing was asked for"):
        made(world, SoundRequest(" "))
    assert head() == before
    with pytest.raises(Refused, match="Wren Test"):
        made(world, SoundRequest("an air in the style of Wren Test"))
    outsiders.dismiss(world["model"], "sketch", "it hums", world.now(), ACTOR)
    with pytest.raises(Refused, match="no outside model is admitted"):
        made(world)
    assert queries.sessions(SYSTEM) == [] and wren


def test_a_dismissed_model_stops_what_it_made_from_being_handed_in(world):
    """The take stands; submitting it asks again, and the model serves no more."""
    take = made(world)
    outsiders.dismiss(world["model"], "sketch", "it hums", world.now(), ACTOR)
    with pytest.raises(Refused, match="is not admitted to Sketch"):
        actions.submit(take, world.now(), ACTOR)


def test_a_suspended_feature_stops_what_is_being_made_and_what_was(world):
    """Suspended while the model makes its sound: there is no take; one from before is not handed in until it is live again."""
    take = made(world)
    before = len(queries.sessions(SYSTEM))

    def suspend(step: str) -> None:
        if step == "writing":
            governance.suspend("sketch", "a look at it", world.now(), ACTOR)

    with pytest.raises(Refused, match="Sketch is suspended, not live") as no:
        made(world, progress=suspend)
    assert no.value.refusal.code == "training.feature-not-live" and len(queries.sessions(SYSTEM)) == before
    with pytest.raises(Refused, match="Sketch is suspended, not live"):
        actions.submit(take, world.now(), ACTOR)
    governance.resume("sketch", "it was looked at", world.now(), ACTOR)
    assert actions.submit(take, world.now(), ACTOR)


def test_a_licence_that_forbids_listening_keeps_what_was_made_in_the_studio(world):
    """Whatever its feature names: what a release does is asked of the licence of the weights, and the no names who could allow it."""
    held = licence("Apache-2.0", world["meta"], ("listen",), False)
    digest = "sha256:" + "b" * 64
    model = outsiders.register("Mute", "1", "musicgen", digest, 9, held, world.now(), ACTOR).id
    outsiders.admit(model, "sketch", DE, world.now(), ACTOR)
    creation = actions.submit(made(world, model=model), world.now(), ACTOR, "Hum")
    attribution.attribute(creation, world.now(), ACTOR)
    before = head()
    with pytest.raises(Refused, match=r"Mute 1 are under Apache-2\.0, which does not allow `listen`") as no:
        provenance.release(creation, world.now(), ACTOR)
    assert no.value.refusal.code == "training.licence-forbids" and "Meta Test could allow it" in no.value.refusal.hint
    assert head() == before


def test_a_take_goes_where_its_model_is_still_admitted(world):
    """Made for DE and FR: with FR left it is handed in for FR; with neither left it is not."""
    outsiders.admit(world["model"], "sketch", TerritorySet.of("DE", "FR"), world.now(), ACTOR)
    takes = [made(world), made(world)]
    outsiders.admit(world["model"], "sketch", TerritorySet.of("FR", "JP"), world.now(), ACTOR)
    assert queries.creation(SYSTEM, actions.submit(takes[0], world.now(), ACTOR)).territories == TerritorySet.of("FR")
    outsiders.admit(world["model"], "sketch", TerritorySet.of("JP"), world.now(), ACTOR)
    with pytest.raises(Refused, match="in JP, not in `DE`"):
        actions.submit(takes[1], world.now(), ACTOR)


def test_it_is_edited_by_hand_and_not_written_again(world):
    """Its sound can be cut; it has no notes that a model could write again, and is no source of a remix."""
    take = made(world)
    cut = queries.take(SYSTEM, actions.edit(take, "trim 0 1", world.now(), ACTOR))
    assert (cut.duration_s, cut.model) == (1.0, world["model"])
    with pytest.raises(BadInput, match="cannot be written again"):
        actions.vary_take(take, (), (), world.now(), ACTOR)


def test_nobody_is_paid_by_attribution_for_it(world):
    """The creator has the split's part; the sources' and the model's are nobody's, and wait as unmatched money with the reason."""
    creation = actions.submit(made(world), world.now(), ACTOR, "Hum")
    governance.suspend("sketch", "a new split", world.now(), ACTOR)
    governance.publish_split("sketch", 600_000, 100_000, 300_000, world.now(), ACTOR)
    found = attribution.attribute(creation, world.now(), ACTOR)
    assert {(row.kind, row.subject, found.share(row.subject)) for row in found.rows} == {
        ("cocreator", world["fan"], Fraction(3, 10)), ("outside", world["model"], Fraction(7, 10))
    }  # fmt: skip
    (figure,) = gather_attribution.creations(world.now())
    assert Fraction(figure.known_units, figure.total_units) == Fraction(3, 10)
    row = next(row for row in found.rows if row.kind == "outside")
    assert row.method == "not attributable" and "Hum 2" in row.because and "not known here" in row.because
    assert "not attributable here" in (shares.evidence(creation).reliability or "")


def test_what_its_sources_would_earn_waits_as_unmatched_money(world):
    """A quarter with one creation of it: the creator has a fifth of the pool; the rest stands in an account of nobody's, with the reason."""
    creation = actions.submit(made(world), world.now(), ACTOR, "Hum")
    attribution.attribute(creation, world.now(), ACTOR)
    provenance.release(creation, world.now(), ACTOR)
    heard = {
        "source": "urn:test", "id": "1", "kind": "listen", "feature": "sketch", "user": "u1", "creation": creation,
        "territory": "DE", "seconds": 30, "at": "2026-07-01T12:00:00+00:00",
    }  # fmt: skip
    after = datetime(2026, 10, 2, tzinfo=UTC)
    metering.ingest([heard], "test", after, ACTOR)
    metering.report_revenue("sketch", "DE", "2026-Q3", 1_000_000_000, "EUR", after, ACTOR)
    payouts.close("2026-Q3", after, ACTOR)
    (waits,) = closed.unmatched()
    assert (waits.account, waits.amount_micros) == (f"unmatched:{world['model']}", -800_000_000)
    divided = closed.divided("2026-Q3").rows(["reason"], subject=world["model"])
    assert {line["reason"] for line in divided} == {FROM_OUTSIDE}
    with pytest.raises(Refused, match="nobody can say who they are"):
        matching.match(world["model"], world["meta"], "they made it", after, ACTOR)


def test_its_release_names_the_model_and_says_that_nobody_is_credited(world):
    """Label, verified file and credits: the model by name, its licence, AI in all of it, and what is not known."""
    creation = actions.submit(made(world), world.now(), ACTOR, "Hum")
    attribution.attribute(creation, world.now(), ACTOR)
    released = provenance.release(creation, world.now(), ACTOR)
    found = verify(releases.released_folder() / released.files[0].name, releases.trust())
    assert found.proven, found.because
    lines = "\n".join(showing.lines(found))
    assert (
        f"outside model Hum 2 ({world['model']})" in lines and "CC-BY-NC-4.0" in lines and "ContainsAI): All" in lines
    )
    assert "Hum 2, was trained elsewhere" in found.label and "agreed" not in found.label
    assert shown.sources_in(found) == ["Hum 2, a model trained elsewhere: what it learned from is not known"]
    assert any("80.00 % is not attributable" in line for line in found.credits)
    assert released.seal is None and released.learned_works == 0 and released.sources == ()


def test_the_studios_page_makes_it_and_its_own_says_what_it_is(world):
    """The form names the model with its licence; the take is made from it; the creation's page names the model and credits nobody."""
    account = accounts.open_account("f@example.org", "correct horse battery staple", ["creator"], [world["fan"]])
    client = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})
    session = actions.open_session(world["fan"], "sketch", world.now(), ACTOR)
    assert "Hum 2 (CC-BY-NC-4.0)" in client.get(f"/studio/{session}").content.decode()
    form = {"kind": "sound", "words": "a slow hum", "seconds": "2", "seed": "3", "outside": world["model"]}
    assert client.post(f"/studio/{session}/make", form).status_code == 302
    assert client.post(f"/studio/{session}/make", form | {"seconds": "99"}).status_code == 400
    (take,) = queries.session(SYSTEM, session).takes
    assert take.model == world["model"]
    other = outside.make(session, ASKED, world.now(), ACTOR)
    concept = concepts.open_concept(take.id, other, "", 9, world.now(), ACTOR)
    asked = client.get(f"/concepts/{concept}/{concepts.mark(concept)}").content.decode()
    assert "Hum 2 made it for Fan Test, a model that was trained elsewhere" in asked
    assert "shaped by the works it learned from" not in asked
    creation = actions.submit(take.id, world.now(), ACTOR, "Hum")
    attribution.attribute(creation, world.now(), ACTOR)
    page = client.get(f"/creations/{creation}").content.decode()
    assert "is not attributable: Hum 2 made it" in page and "allows no commercial use" in page
    assert "works it learned from" not in page and "the outside model Hum 2" in page

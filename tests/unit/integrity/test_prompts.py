"""Prompts: who may not be asked for, how it is said, and what is kept of it."""

from __future__ import annotations

import pytest
from tests.unit.integrity.scenes import ACTOR, AT, DAY, TRUST

from accord.governance import actions as governance
from accord.integrity import actions, queries, rules
from accord.integrity.boundaries import asked_for, trespasses
from accord.integrity.lookalikes import distance, skeleton
from accord.integrity.models import PromptRow
from accord.integrity.prompts import keyed_hash
from accord.journal.queries import facts_of
from accord.participation import actions as participation
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import NotThere, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

NAMES = {
    "n": ("Nora Vale",),
    "q": ("Queen",),
    "a": ("Air",),
    "b": ("The Band",),
    "z": ("Zoë Ångström",),
    "k": ("Κώστας Ρήγας",),
}
REFUSED = [
    ("a waltz in the style of Nora Vale", "n"), ("NORA VALE, but sadder", "n"), ("noravale", "n"), ("nora-vale vibes", "n"),
    ("in the style of Nоrа Vаlе", "n"), ("Νοra Vale", "n"), ("N o r a V a l e", "n"), ("n0ra v4le", "n"), ("Nora Vales", "n"),
    ("Nora\u200b Vale", "n"), ("Ｎｏｒａ Ｖａｌｅ", "n"), ("Noraa Vale waltz", "n"), ("Nora Vale's new song", "n"),
    ("in the style of Queen", "q"), ("a queen type beat", None), ("Queen type beat", "q"), ("Queen's voice", "q"),
    ("something sung by Air", "a"), ("sounds like air", "a"), ("in the manner of the band", "b"), ("zoe angstrom", "z"),
    ("Zoë Ångström live", "z"), ("Κώστας Ρήγας", "k"),
]  # fmt: skip
FINE = [
    "an air for the queen", "a waltz in E minor", "a slow air", "the queen dances with the king", "a band of brothers",
    "in the style of an air", "light as air", "nora walks through the vale", "a tune for the band", "", "🎻🎻🎻",
    "queen bee blues with a voice and piano",
]  # fmt: skip


@pytest.mark.parametrize("text, party", [pair for pair in REFUSED if pair[1]])
def test_somebody_is_asked_for(text: str, party: str) -> None:
    """Full names however they are written, and one-word names where the person is meant."""
    assert party in [hit.party for hit in asked_for(text, NAMES)]


@pytest.mark.parametrize("text", FINE + [text for text, party in REFUSED if party is None])
def test_nobody_is_asked_for(text: str) -> None:
    """Everyday words stay everyday words though artists go by them."""
    assert asked_for(text, NAMES) == []


def test_voice_and_style_are_told_apart() -> None:
    """Words about singing next to a name ask for the voice."""
    assert [h.use for h in asked_for("sung by Nora Vale", NAMES)] == [Use.VOICE]
    assert [h.use for h in asked_for("with the voice of Nora Vale", NAMES)] == [Use.VOICE]
    assert [h.use for h in asked_for("a Nora Vale waltz", NAMES)] == [Use.STYLE]


def test_a_yes_reaches_its_use_alone() -> None:
    """A yes to style lets style through and not the voice."""
    agreed = {"n": frozenset({Use.STYLE})}
    assert trespasses("a Nora Vale waltz", NAMES, agreed) == []
    assert [h.party for h in trespasses("sung by Nora Vale", NAMES, agreed)] == ["n"]


def test_a_shared_name_is_also_that_of_who_agreed() -> None:
    """Nobody is refused for a name that, letter for letter, somebody who agreed goes by too."""
    both = {"n": ("Nora Vale",), "m": ("Nora Vale",)}
    assert trespasses("a Nora Vale waltz", both, {"m": frozenset({Use.STYLE})}) == []


def test_skeletons_of_look_alikes_are_equal() -> None:
    """Cyrillic and Greek look-alikes, full-width letters and accents fall together."""
    assert (
        len({skeleton(name) for name in ("Nora Vale", "Nоrа Vаlе", "ΝΟrΑ VΑLΕ", "Ｎｏｒａ Ｖａｌｅ", "Nórà Vále")}) == 1
    )


def test_letters_of_other_scripts_are_unicodes() -> None:
    """The table of Unicode knows letters that nobody listed by hand: Lisu, Cherokee, Coptic, mathematical ones."""
    assert {skeleton(name) for name in ("Nora Vale", "ꓠꓳꓣꓮ ꓦꓮꓡꓰ", "Ⲛⲟra Ꮩale", "𝔑𝔬𝔯𝔞 𝔙𝔞𝔩𝔢")} == {"noravale"}


def test_distance_counts_a_swap_once() -> None:
    """Neighbours swapped are one mistake."""
    assert [distance("vale", w) for w in ("vale", "vael", "val", "vales", "wall")] == [0, 1, 1, 1, 2]


def artist(name: str = "Nora Vale") -> str:
    """An artist who may be asked for, in a feature `compose` whose controls are open; nothing agreed yet."""
    person = parties.register_party("person", name, at=AT, actor=ACTOR)
    governance.propose_feature("compose", "Compose", ["style", "train"], TerritorySet.of("FR", "DE"), AT, ACTOR)
    governance.publish_policy("compose", AT, ACTOR, release_label="made with AI", participation="nobody without a yes")
    governance.publish_split("compose", 800_000, 0, 200_000, AT, ACTOR)
    governance.open_controls("compose", AT, ACTOR)
    return person


def refused(text: str, at: object = AT) -> Refused:
    """The refusal of a prompt."""
    with pytest.raises(Refused) as caught:
        actions.check_prompt(text, "compose", "pty_maker", at, ACTOR)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.django_db
def test_a_refusal_says_who_and_keeps_no_text_in_the_journal() -> None:
    """The reason names the artist and who could change it; the fact has the hash, the text is only in the private store."""
    person = artist()
    no = refused("a waltz in the style of Nora Vale").refusal
    assert (
        no.because == "`Nora Vale` has not agreed to style in `compose`"
        and "only Nora Vale could change that" in no.hint
    )
    (entry,) = facts_of("integrity.prompt-refused")
    assert entry.fact.person == person and entry.fact.keyed_hash == keyed_hash("a waltz in the style of Nora Vale")
    assert "waltz" not in str(entry.fact) and "Nora" not in str(entry.fact)
    (kept,) = queries.refused_prompts(TRUST)
    assert kept.text == "a waltz in the style of Nora Vale"


@pytest.mark.django_db
def test_an_agreed_style_goes_through() -> None:
    """Once the artist said yes everywhere the feature is offered, the prompt passes; in a part of it, it does not."""
    person = artist()
    account = accounts.open_account("nora@test.example", "a long test password", ["artist"], [person], at=AT)
    parties.verify_identity(person, account, "seen", "passport", at=AT, actor=ACTOR)
    participation.choose(person, person, "style", "compose", "FR", at=AT, actor=account)
    refused("a Nora Vale waltz")
    participation.choose(person, person, "style", "compose", "FR+DE", at=AT, actor=account)
    assert actions.check_prompt("a Nora Vale waltz", "compose", "pty_maker", AT, ACTOR) == keyed_hash(
        "a Nora Vale waltz"
    )


@pytest.mark.django_db
def test_the_text_goes_when_the_appeal_is_over() -> None:
    """After the appeal's time the text is erased and the hash stays; while a case runs it is kept."""
    artist()
    appealed, forgotten = refused("Nora Vale one").refusal.subject, refused("Nora Vale two").refusal.subject
    actions.appeal_prompt(appealed, "pty_maker", AT, ACTOR)
    assert actions.forget_prompts(AT + DAY, ACTOR) == 0
    assert actions.forget_prompts(AT + rules.APPEAL_WITHIN, ACTOR) == 1
    texts = {p.id: p.text for p in queries.refused_prompts(TRUST)}
    assert texts == {appealed: "Nora Vale one", forgotten: None}
    assert PromptRow.objects.get(id=forgotten).keyed_hash == keyed_hash("Nora Vale two")


@pytest.mark.django_db
def test_an_overturned_refusal_lets_that_prompt_through() -> None:
    """A reader who finds that the prompt does not ask for the person lets exactly that prompt through."""
    artist()
    no = refused("nora vale of tears").refusal.subject
    with pytest.raises(NotThere):
        actions.appeal_prompt(no, "pty_other", AT, ACTOR)
    case = actions.appeal_prompt(no, "pty_maker", AT, ACTOR)
    assert queries.case(SYSTEM, case).subject == no
    actions.decide(case, "dismissed", "a place, not the person", "acc_one", AT, "acc_one")
    assert actions.check_prompt("nora vale of tears", "compose", "pty_maker", AT, ACTOR)
    refused("Nora Vale of tears!")

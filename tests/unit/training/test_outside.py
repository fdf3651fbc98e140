"""Models that were trained elsewhere: their weights' licence, where they are admitted, their folder, their card."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_once import made_once
from tests.unit.studio.world import World, launch, open_feature

from accord.governance import actions as governance
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use
from accord.training import adapters, outside, outsiders, weights
from accord.training.adapters import SoundRequest
from accord.training.outside import COMMERCIAL, FORBIDDABLE, FREE

ACTOR = "acc_test"
DE = TerritorySet.of("DE")


def folder_of(path: Path, content: bytes = b"weights") -> Path:
    """A folder as a library saves it, with nothing in it that could be opened."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "config.json").write_text("{}")
    (path / "model.safetensors").write_bytes(content)
    return path


def small_world() -> World:
    """A licensor, a live feature that is not for sale, a commercial one with `sync`, and two outside models of one folder."""
    world = World()
    world.ids["meta"] = parties.register_party("label", "Meta Test", at=world.now(), actor=ACTOR)
    open_feature(world, "sketch", Use.REMIX)
    launch(world, "sketch")
    governance.propose_feature(
        "jingle", "Jingle", {Use.REMIX, Use.SYNC}, WORLD, world.now(), ACTOR, purpose="a test", commercial=True,
        needs_works=0, needs_recordings=0,
    )  # fmt: skip
    for name, spdx in (("bound", "CC-BY-NC-4.0"), ("free", "Apache-2.0")):
        world.ids[name] = registered(world, spdx)
    return world


def registered(world: World, spdx: str, forbids: tuple[str, ...] = (), digest: str = "sha256:" + "a" * 64) -> str:
    """A model of that licence."""
    held = outside.licence(spdx, world["meta"], forbids, False)
    return outsiders.register("MusicGen small", "1.0", "musicgen", digest, 9, held, world.now(), ACTOR).id


once, world = made_once(small_world)


@given(st.sampled_from(["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "PolyForm-Noncommercial-1.0.0", "NCGL-UK-2.0", "GPL-3.0-only",
                        "LicenseRef-X", *sorted(FREE)]), st.sets(st.sampled_from(FORBIDDABLE)), st.booleans())  # fmt: skip
def test_a_licence_forbids_commercial_use_unless_it_is_known_not_to(spdx, forbids, allows):
    """Law 1: what was declared stays forbidden; commercial use is allowed by a free licence or by who read it, never against its id."""
    never = "NC" in spdx or "Noncommercial" in spdx
    if allows and (never or COMMERCIAL in forbids):
        with pytest.raises(BadInput, match="allows no commercial use"):
            outside.licence(spdx, "pty_1", forbids, allows)
        return
    found = outside.licence(spdx, "pty_1", forbids, allows)
    assert set(found.forbids) - {COMMERCIAL} == forbids - {COMMERCIAL}
    assert (COMMERCIAL in found.forbids) == (never or COMMERCIAL in forbids or not (allows or spdx in FREE))


def test_what_is_no_licence_is_refused():
    """An id that is not on the SPDX list, and a word that is no use, are said to be none."""
    with pytest.raises(BadInput, match="names no licence"):
        outside.licence("CC-NOT-A-LICENCE", "pty_1", (), False)
    with pytest.raises(BadInput, match="nothing a licence forbids"):
        outside.licence("MIT", "pty_1", ("dancing",), False)


@pytest.mark.django_db
def test_non_commercial_weights_are_refused_a_commercial_feature(world):
    """In one sentence: which licence, what it does not allow, who could allow it and how; nothing is written."""
    before = head()
    with pytest.raises(Refused) as refused:
        outsiders.admit(world["bound"], "jingle", WORLD, world.now(), ACTOR)
    said = refused.value.refusal
    assert said.code == "training.licence-forbids" and head() == before
    assert (
        "MusicGen small 1.0 are under CC-BY-NC-4.0" in said.because and "Jingle is a commercial feature" in said.because
    )
    assert "Meta Test could allow it" in said.hint and "not for sale" in said.hint
    assert outsiders.admit(world["bound"], "sketch", DE, world.now(), ACTOR).admission("sketch").territories == DE
    assert outsiders.admit(world["free"], "jingle", WORLD, world.now(), ACTOR).admission("jingle")


@pytest.mark.django_db
def test_a_use_that_the_licence_forbids_keeps_a_model_out_of_a_feature_that_names_it(world):
    """Weights that may not be used for `sync` are refused the feature with `sync`, and not the one without."""
    model = registered(world, "Apache-2.0", ("sync",))
    with pytest.raises(Refused, match="`sync`, which Jingle names among its uses"):
        outsiders.admit(model, "jingle", WORLD, world.now(), ACTOR)
    assert outsiders.admit(model, "sketch", WORLD, world.now(), ACTOR).admissions


@pytest.mark.django_db
def test_it_serves_where_it_is_admitted_until_it_is_dismissed(world):
    """Not before, not elsewhere, not in another feature, not while that is suspended, not after; each no says who could change it."""
    model = world["free"]

    def no(territory="DE", feature="sketch"):
        with pytest.raises(Refused) as refused:
            outsiders.check_serving(model, feature, territory)
        assert "legal could admit it" in refused.value.refusal.hint
        return refused.value.refusal.code

    assert no() == "training.not-admitted"
    outsiders.admit(model, "sketch", DE, world.now(), ACTOR)
    assert outsiders.check_serving(model, "sketch", "DE")[1].territories == DE
    assert (no("FR"), no("DE", "jingle")) == ("training.not-admitted-there", "training.not-admitted")
    governance.suspend("sketch", "a look at it", world.now(), ACTOR)
    with pytest.raises(Refused, match="Sketch is suspended, not live") as refused:
        outsiders.check_serving(model, "sketch", "DE")
    assert refused.value.refusal.code == "training.feature-not-live"
    governance.resume("sketch", "it was looked at", world.now(), ACTOR)
    assert outsiders.check_serving(model, "sketch", "DE")
    with pytest.raises(BadInput, match="reason"):
        outsiders.dismiss(model, "sketch", " ", world.now(), ACTOR)
    outsiders.dismiss(model, "sketch", "it hums", world.now(), ACTOR)
    assert no() == "training.not-admitted"
    with pytest.raises(NotThere, match="is not admitted"):
        outsiders.dismiss(model, "sketch", "again", world.now(), ACTOR)


@pytest.mark.django_db
def test_what_cannot_be_registered_is_said(world):
    """No name, no digest, no adapter, a size that no file has, a licensor who is nobody: one sentence each, and nothing is written."""
    held, digest, before = outside.licence("MIT", world["meta"], (), False), "sha256:" + "a" * 64, head()
    for wrong in ((" ", "1", "musicgen", digest, 9), ("M", "1" * 99, "musicgen", digest, 9), ("M", "1", "other", digest, 9),
                  ("M", "1", "musicgen", "sha256:zz", 9), ("M", "1", "musicgen", digest, 0), ("M", "1", "musicgen", digest, 2**53)):  # fmt: skip
        with pytest.raises(BadInput):
            outsiders.register(*wrong, held, world.now(), ACTOR)
    with pytest.raises(NotThere):
        nobody = outside.licence("MIT", "pty_nobody", (), False)
        outsiders.register("M", "1", "musicgen", digest, 9, nobody, world.now(), ACTOR)
    assert head() == before


@pytest.mark.django_db
def test_its_weights_are_read_through_before_they_are_opened(world, tmp_path, settings):
    """Not on this machine, other weights, changed since: each is refused, and says how to put it right; a bad request before."""
    settings.ACCORD_HOME = tmp_path / "home"
    folder = folder_of(tmp_path / "a")
    digest, size = weights.digest(folder)
    assert size == len(b"{}weights")
    model = outsiders.model(registered(world, "MIT", digest=digest))
    with pytest.raises(Refused, match="not on this machine"):
        outsiders.sound(model, SoundRequest("an air"))
    for asked in (SoundRequest(" "), SoundRequest("an air", 31.0)):
        with pytest.raises(BadInput):
            outsiders.sound(model, asked)
    with adapters.alone(), pytest.raises(Refused, match="making a sound already"):
        outsiders.sound(model, SoundRequest("an air"))
    with pytest.raises(BadInput, match="holds other weights"):
        outsiders.place(model.id, folder_of(tmp_path / "b", b"others"))
    outsiders.place(model.id, folder)
    assert weights.folder_of(model.id, digest) == folder.resolve()
    (folder / "config.json").write_text('{"changed": true}')
    with pytest.raises(Refused, match="something in their folder was changed"):
        outsiders.sound(model, SoundRequest("an air"))


def test_what_can_carry_code_is_not_taken(tmp_path):
    """A pickle or a Python file in the folder is refused by name, and a link to a folder; so is a folder without weights, and none."""
    folder = folder_of(tmp_path / "a")
    for name in ("pytorch_model.bin", "deep/modeling.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")
        with pytest.raises(BadInput, match=f"`{name}` is not taken"):
            weights.digest(folder)
        (folder / name).unlink()
    (folder / "more").symlink_to(folder_of(tmp_path / "elsewhere"), target_is_directory=True)
    with pytest.raises(BadInput, match="`more` is not taken: it is a link to a folder"):
        weights.digest(folder)
    (folder / "more").unlink()
    (folder / "model.safetensors").unlink()
    for wrong in (folder, tmp_path / "nowhere"):
        with pytest.raises(BadInput):
            weights.digest(wrong)


@pytest.mark.django_db
def test_its_card_and_its_bill_of_materials_say_what_is_known(world):
    """The licence by its SPDX id, where it may serve, and that it is not attributable; the bill holds to CycloneDX's schema."""
    validation = pytest.importorskip("cyclonedx.validation.json")
    from cyclonedx.schema import SchemaVersion

    outsiders.admit(world["bound"], "sketch", DE, world.now(), ACTOR)
    for model, spdx in (
        (world["bound"], "license: cc-by-nc-4.0"),
        (registered(world, "LicenseRef-Own"), "license: other"),
    ):
        card = outsiders.card(model).decode()
        assert spdx in card and "Meta Test; it forbids commercial use" in card and "not attributable here" in card
        valid = validation.JsonStrictValidator(SchemaVersion.V1_6).validate_str(outsiders.card(model, "bom").decode())
        assert valid is None
    assert "feature `sketch` in DE" in outsiders.card(world["bound"]).decode()
    with pytest.raises(NotThere, match="no `eu` card"):
        outsiders.card(world["bound"], "eu")


@pytest.mark.django_db
def test_a_rebuild_gives_the_same_outside_models(world):
    """Law 6: models, licences and admissions come out of the journal as they were."""
    outsiders.admit(world["free"], "sketch", DE, world.now(), ACTOR)
    outsiders.admit(world["free"], "sketch", WORLD, world.now(), ACTOR)
    outsiders.admit(world["bound"], "sketch", DE, world.now(), ACTOR)
    outsiders.dismiss(world["bound"], "sketch", "it hums", world.now(), ACTOR)
    before, found = table_digest(), outsiders.models()
    rebuild()
    assert table_digest() == before and outsiders.models() == found
    assert [m.id for m in outsiders.models("sketch")] == [world["free"]]

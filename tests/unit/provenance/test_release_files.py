"""Verifying a released file from nothing but the file and a trust file: real signing, real tampering."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.unit.provenance.released_files import instance, one_sample_changed, released, sound

from accord.provenance import credentials, payload, showing, trust
from accord.provenance.manifest import IPTC
from accord.provenance.verify import Verdict, verify
from accord.studio.rendering import decode, encode
from accord.terms.refusal import BadInput

pytestmark = pytest.mark.sqlite_alone
FORMS = ("wav", "flac", "mp3")


@pytest.fixture(scope="module")
def ours():
    """Our instance."""
    return instance()


@pytest.mark.parametrize("form", FORMS)
def test_a_released_file_is_proven_with_its_instances_trust_file(ours, form):
    """File and trust file are enough: the release, who agreed, the deals and the checkpoint are shown."""
    found = verify(released(ours, form), ours.trust)
    assert found.verdict is Verdict.PROVEN and found.proven, found.because
    assert found.release["agreed"][1] == {
        "party": "pty_n", "asset": "rec_1", "standing": "featured", "by": "cho_1", "grade": 4
    }  # fmt: skip
    assert (found.checkpoint_size, found.position, found.origin) == (6, 4, "accord/test")
    shown = "\n".join(showing.lines(found))
    assert "agreed: Label L (pty_label), master 100 % of “First air” (rec_1), by dea_1" in shown
    assert "licenses remix in blend for DE+FR from 2026-06-01 to open end" in shown
    assert "80.00 % source “First air” (rec_1)" in shown and "taken back later is not in it" in shown


@pytest.mark.parametrize("form", FORMS)
def test_signing_leaves_the_sound_as_it_was(ours, form):
    """The decoded samples and the sound's digest are the same before and after signing."""
    plain, signed = encode(sound(), 44_100, form), released(ours, form)
    assert plain != signed
    assert payload.digest(plain) == payload.digest(signed)
    assert np.array_equal(decode(plain)[0], decode(signed)[0])


@pytest.mark.parametrize("form", FORMS)
def test_one_changed_sample_is_not_proven(ours, form):
    """One bit of the sound flipped: not proven, and the reason says that it was changed."""
    signed = released(ours, form)
    changed = one_sample_changed(signed, form)
    assert payload.digest(changed) != payload.digest(signed)
    found = verify(changed, ours.trust)
    assert found.verdict is Verdict.NOT_PROVEN
    assert "changed after it was signed" in found.because[0]


def test_without_a_trust_file_it_is_intact_and_the_signer_unknown(ours):
    """No trust file: intact, signer unknown, which is not a proof."""
    found = verify(released(ours), None)
    assert found.verdict is Verdict.INTACT and not found.proven


def test_a_changed_file_without_a_trust_file_is_not_even_intact(ours):
    """Tampering shows without any trust file."""
    assert verify(one_sample_changed(released(ours), "wav"), None).verdict is Verdict.NOT_PROVEN


def test_another_instances_trust_file_does_not_prove(ours):
    """Another instance's trust file: not proven, and both reasons are given."""
    found = verify(released(ours), instance("accord/other").trust)
    assert found.verdict is Verdict.NOT_PROVEN
    assert any("trust file does not know" in why for why in found.because)
    assert "not shown" in "\n".join(showing.lines(found))


def test_our_certificate_around_another_journal_does_not_prove(ours):
    """A file signed by our chain whose checkpoint another journal signed is not proven."""
    found = verify(released(instance("accord/test"), signer=ours), ours.trust)
    assert found.verdict is Verdict.NOT_PROVEN
    assert "checkpoint is not signed by the journal's key" in found.because[0]


def test_our_journal_under_another_certificate_does_not_prove(ours):
    """A file with our journal's proof, signed by another chain, is not proven."""
    found = verify(released(ours, signer=instance()), ours.trust)
    assert found.verdict is Verdict.NOT_PROVEN


def test_another_sound_under_a_true_release_does_not_prove(ours):
    """A true fact cannot be lent to another sound, even by our own signer."""
    other = encode(sound(0.7), 44_100, "wav")
    found = verify(released(ours, named=other), ours.trust)
    assert found.verdict is Verdict.NOT_PROVEN
    assert "not the sound that its release names" in found.because[0]


def test_stripped_credentials_are_said_to_be_gone(ours):
    """A re-encode has no credentials: that is said, with the way to find it by its sound."""
    samples, rate = decode(released(ours))
    found = verify(encode(samples, rate, "mp3"), ours.trust)
    assert found.verdict is Verdict.NO_CREDENTIALS
    assert "--server" in found.because[1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"not audio at all",
        b"RIFF\x10\x00\x00\x00WAVEdata\xff\xff\xff\x00",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
    ],
)
def test_what_is_not_audio_is_bad_input(data):
    """Not a WAV, FLAC or MP3 file, or one cut short: one clear sentence."""
    with pytest.raises(BadInput):
        verify(data, None)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_file_cut_short_is_never_proven(ours, form, keep):
    """Truncated anywhere: bad input or not proven, never proven, never a crash."""
    signed = released(ours, form)
    try:
        found = verify(signed[: int(len(signed) * keep)], ours.trust)
    except BadInput:
        return
    assert not found.proven


def test_a_manifest_that_is_not_ours_is_not_a_release(ours):
    """A valid manifest of somebody else's tool is not proven, even when its root is trusted."""
    created = {"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCreation"}
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [created]}}
    plain = {"claim_generator_info": [{"name": "other"}], "title": "x", "assertions": [actions]}
    data = credentials.sign(encode(sound(), 44_100, "wav"), "wav", plain, ours.chain)
    found = verify(data, ours.trust)
    assert found.verdict is Verdict.NOT_PROVEN and "not a release of Accord" in found.because[0]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"origin": 1}', '{"origin":"a","journal":"b","credential_root":"c"}']
)
def test_what_is_not_a_trust_file_is_bad_input(text):
    """A broken trust file is one clear sentence, not a proof and not a crash."""
    with pytest.raises(BadInput):
        trust.loads(text.encode())


def test_a_trust_file_survives_writing_and_reading(ours):
    """What `accord trust` prints is what `accord verify` reads."""
    assert trust.loads(trust.dumps(ours.trust)) == ours.trust


def test_the_command_needs_no_instance_no_database_and_no_django(ours, tmp_path: Path):
    """`accord verify` in an empty folder with an empty home proves, exit 0, and never imports Django."""
    (tmp_path / "file.wav").write_bytes(released(ours))
    (tmp_path / "bad.wav").write_bytes(one_sample_changed(released(ours), "wav"))
    (tmp_path / "trust.json").write_bytes(trust.dumps(ours.trust))
    code = (
        "import sys; sys.modules['django'] = None\n"
        "from accord.cli.__main__ import run\n"
        "codes = [run(['verify', f, '--trust', 'trust.json', '--json']) for f in ('file.wav', 'bad.wav')]\n"
        "codes += [run(['verify', 'file.wav']), run(['verify', 'absent.wav']), run(['verify', 'trust.json'])]\n"
        "print(codes, file=sys.stderr)"
    )
    env = {**os.environ, "ACCORD_HOME": str(tmp_path / "home"), "DATABASE_URL": "postgres://nowhere:1/none"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert "[0, 3, 3, 2, 2]" in done.stderr, done.stderr
    assert json.loads(done.stdout[: done.stdout.index("\n}\n") + 3])["verification"]["verdict"] == "proven"
    assert not (tmp_path / "home").exists()

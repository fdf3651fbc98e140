"""Audio beside a message: nothing a header or a message says about it is believed."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from tests.unit.catalog import messages as m

from accord.catalog import actions, audio, queries
from accord.catalog.audio_intake import locate
from accord.catalog.chunks import overclaim
from accord.journal.queries import head
from accord.terms.refusal import BadInput

WAVE = (0.1 * np.sin(np.arange(44_100) / 20)).astype(np.float32)
GIGABYTE = 1 << 30


def encoded(form: str) -> bytes:
    """A second of a tone as WAV, RF64, AIFF, W64, FLAC …"""
    out = io.BytesIO()
    soundfile.write(out, WAVE, 44_100, format=form)
    return out.getvalue()


def claiming(form: str, length: int) -> bytes:
    """The same file with `length` where its header says how many bytes of audio follow."""
    data = bytearray(encoded(form))
    name, at, kind = {
        "WAV": (b"data", 4, "<I"),
        "RF64": (b"ds64", 16, "<Q"),
        "AIFF": (b"SSND", 4, ">I"),
        "W64": (b"data", 16, "<Q"),
    }[form]
    place = data.index(name) + at
    data[place : place + struct.calcsize(kind)] = struct.pack(kind, length)
    return bytes(data)


@pytest.mark.parametrize("form", ["WAV", "RF64", "AIFF", "W64"])
def test_a_gigabyte_claimed_in_a_header_is_refused(form: str) -> None:
    """The sentence names what is claimed and what is there; the honest file is read."""
    assert audio.read(encoded(form)).duration_s == 1.0
    with pytest.raises(BadInput, match=r"claims 1,073,741,8\d\d bytes of audio in its header and holds 88,20\d"):
        audio.probe(claiming(form, GIGABYTE))


@pytest.mark.parametrize("form", ["WAV", "RF64", "AIFF", "W64", "FLAC"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.99])
def test_a_file_cut_short_does_not_pass_for_a_shorter_one(form: str, part: float) -> None:
    """Whatever the container."""
    data = encoded(form)
    with pytest.raises(BadInput):
        audio.read(data[: int(len(data) * part)])


def test_audio_behind_a_large_chunk_is_checked_too() -> None:
    """A broadcast file's metadata may be longer than the audio."""
    data = claiming("WAV", GIGABYTE)
    junk = b"JUNK" + struct.pack("<I", 200_001) + bytes(200_002)
    with pytest.raises(BadInput, match="1,073,741,824 bytes"):
        audio.probe(data[:12] + junk + data[12:])


def test_a_million_empty_chunks_are_not_walked() -> None:
    """Nor is a file of nothing else read."""
    data = encoded("WAV")[:12] + b"JUNK\0\0\0\0" * 200_000
    assert overclaim(io.BytesIO(data), len(data)) is None
    with pytest.raises(BadInput):
        audio.probe(data)


@pytest.mark.parametrize("uri", ["a" * 5000, "/".join(["a" * 200] * 40), "there is none.wav"])
def test_a_file_that_cannot_be_is_not_there(tmp_path: Path, uri: str) -> None:
    """A name longer than any file's is a name like any other that leads to nothing."""
    with pytest.raises(BadInput, match="which is not there") as refused:
        locate(uri, tmp_path)
    assert len(str(refused.value)) < 250


@pytest.mark.django_db
@pytest.mark.parametrize("stated", [True, False])
def test_a_stem_cut_short_is_refused(tmp_path: Path, stated: bool) -> None:
    """Decoded to its end, unless the message states its hash and that holds; then it is what the sender meant."""
    m.verified("Harbour Records", "label", dpid=m.LABEL_DPID)
    m.audio(tmp_path, "a1.wav")
    whole = encoded("FLAC")
    digest = hashlib.sha256(whole).hexdigest()
    file = m.DeliveredFile(reference="T2", uri="s.flac", algorithm="SHA-256", digest=digest) if stated else None
    part = m.stem("A2", "piano", "s.flac")
    part = msgspec.structs.replace(part, files=(file,)) if file else part
    (tmp_path / "s.flac").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "m.xml").write_bytes(m.ern(m.recording(), part))
    at = head()
    with pytest.raises(BadInput, match="is not the file that the message states" if stated else "breaks off"):
        actions.deliver(tmp_path / "m.xml", **m.DOOR)
    assert head() == at
    (tmp_path / "s.flac").write_bytes(whole)
    actions.deliver(tmp_path / "m.xml", **m.DOOR)
    (stem,) = queries.children([queries.find("isrc", m.ISRC).id])[queries.find("isrc", m.ISRC).id]
    assert queries.asset(stem).duration_s == 1.0

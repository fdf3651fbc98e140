"""Provenance: nothing that is changed is proven as something else; what makes the sound is told apart from the rest.

Properties: one changed byte proves nothing else · a sound's digest ignores metadata and nothing more.
"""

from __future__ import annotations

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.provenance.released_files import Instance, instance, released, sound

from accord.provenance import payload
from accord.provenance.percent import percent
from accord.provenance.verify import Verdict, Verification, verify
from accord.studio.rendering import encode
from accord.terms.refusal import BadInput

forms = st.sampled_from(["wav", "flac", "mp3"])


@cache
def ours() -> Instance:
    """One instance for all examples."""
    return instance()


@cache
def file_of(form: str) -> tuple[bytes, Verification]:
    """One released file of each format, and its verification."""
    data = released(ours(), form)
    return data, verify(data, ours().trust)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms, st.floats(0, 0.999999), st.integers(1, 255))
def test_one_changed_byte_never_proves_anything_else(form: str, place: float, change: int) -> None:
    """Any byte, anywhere: not proven, or (padding inside the credentials) proven to say exactly what it said before."""
    data, before = file_of(form)
    assert before.verdict is Verdict.PROVEN
    at = int(place * len(data))
    changed = data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]
    try:
        found = verify(changed, ours().trust)
    except BadInput:
        return
    assert not found.proven or found == before


@settings(max_examples=60, deadline=None)
@given(forms, st.binary(min_size=0, max_size=200))
def test_a_sounds_digest_ignores_metadata(form: str, noise: bytes) -> None:
    """A tag or a chunk more does not change what sounds; neither does the order of WAV's other chunks."""
    plain = encode(sound(0.2), 44_100, form)
    if form == "wav":
        size = len(noise).to_bytes(4, "little")
        more = plain[:12] + b"note" + size + noise + (b"\0" if len(noise) % 2 else b"") + plain[12:]
    else:
        length = bytes(len(noise) >> 7 * shift & 0x7F for shift in (3, 2, 1, 0))
        more = b"ID3\x04\x00\x00" + length + noise + plain
    assert payload.form_of(more) == form
    assert payload.digest(more) == payload.digest(plain)


@settings(max_examples=60, deadline=None)
@given(forms, st.floats(0.3, 0.99), st.integers(1, 255))
def test_a_sounds_digest_sees_every_byte_of_the_sound(form: str, place: float, change: int) -> None:
    """One byte of the second half of the file, which is all sound, and the digest is another."""
    plain = encode(sound(0.2), 44_100, form)
    at = int(place * len(plain))
    assert payload.digest(plain[:at] + bytes([plain[at] ^ change]) + plain[at + 1 :]) != payload.digest(plain)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_law_7_percentages_shown_never_exceed_the_whole(units: list[int]) -> None:
    """Shares are cut, not rounded up: what is shown sums to at most 100 %."""
    total = sum(units)
    shown = [percent(part, total) for part in units]
    assert sum(int(text.replace(".", "")) for text in shown) <= 10_000

"""Protected voices: a person has a print of their own voice taken, sounds are compared with it, and they take it back.

The print and a few seconds to listen to lie in the private store under the person's key; facts hold their salted hashes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.integrity import facts, hearing, likeness, queries, rules
from accord.integrity.records import ProtectedVoice, VoiceMatch
from accord.integrity.speaker import F32, FRAMES, HOP, RATE_HZ
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refused
from accord.terms.use import Use
from accord.vault import private

METHOD = "resemblyzer-0.1.4"
HEARD_AS = ("featured", "vocalist", "non-featured")
BLOCK = 375  # pieces heard at once: ten minutes, a whole number of samples at 22,050 Hz
LIMITS = audio.Limits(bytes_max=256 << 20, duration_s_max=likeness.LONGEST_S)


def protect_voice(
    person: str, sound: Path | bytes, agreed: bool, at: Instant, actor: str, name: str = ""
) -> ProtectedVoice:
    """Take a print of a person's own clean voice; creations and uploads are compared with it from here on.

    Raises: NotThere for an unknown person; Refused when it is not the person who says so, or they have enough prints;
    BadInput when they did not agree, or it is no clean voice of one person for long enough.
    """
    if not agreed:
        raise BadInput(
            "a print of a voice is kept only for somebody who agreed to that",
            do="agree that Accord keeps a print of your voice, and compares with it what is made and uploaded and what its "
            "reviewers check, until you withdraw it",
        )
    label = name or (sound.name if isinstance(sound, Path) else "the recording")
    samples = audio.read_mono(sound, RATE_HZ, label, LIMITS)
    heard = likeness.hear(hearing.ears(), samples)
    with writing(actor=actor, at=at) as journal:
        known = parties.party(person).id
        kept = [v for v in queries.voices(SYSTEM) if v.person == known]
        refusal = rules.may_protect(person, parties.is_verified(actor, person), len(kept))
        if refusal is not None:
            raise Refused(refusal)
        mark = likeness.print_of(heard, label)
        voice = journal.mint("voi")
        journal.append(
            facts.VoiceProtected(
                voice=voice,
                person=person,
                account=actor,
                print=private.put(person, "voice-print", mark.astype("<f4").tobytes()),
                sample=private.put(person, "voice-sample", _sample(samples, heard, mark)),
                method=METHOD,
                voice_s=round(float(heard.voiced.sum()) * likeness.PARTIAL_S, 1),
            )
        )
        return queries.voice(SYSTEM, voice)


def _sample(samples: F32, heard: likeness.Heard, mark: F32) -> bytes:
    """The most typical seconds, as FLAC."""
    first = likeness.sample_at(heard, mark) * FRAMES * HOP
    out = io.BytesIO()
    soundfile.write(out, samples[first : first + likeness.SAMPLE * FRAMES * HOP], RATE_HZ, format="FLAC")
    return out.getvalue()


def withdraw_voice(voice: str, at: Instant, actor: str) -> None:
    """Stop comparing, at once, and erase print and sample; the facts show only that it was. Raises: NotThere, BadInput."""
    with writing(actor=actor, at=at) as journal:
        found = queries.voice(SYSTEM, voice)
        if found.ended_at is not None:
            raise BadInput(f"`{voice}` was withdrawn on {found.ended_at:%Y-%m-%d}", do="nothing of it is kept")
        journal.append(facts.VoiceWithdrawn(voice=voice, person=found.person))
        # should the fact be undone, the print is gone all the same: the wish outlives a failure
        private.remove(found.print)
        private.remove(found.sample)


def listen(samples: F32, rate_hz: int) -> tuple[VoiceMatch, ...]:
    """The protected voices that are heard in a mono sound, the likest first; one match a person. Nothing is recorded."""
    return listen_to([samples], rate_hz)


def listen_to(blocks: Iterable[F32], rate_hz: int) -> tuple[VoiceMatch, ...]:
    """The same of a sound that comes in blocks of any size; nothing is read of it while nobody has registered."""
    return standing(_compared(blocks, rate_hz))


def compared(samples: F32, rate_hz: int) -> tuple[VoiceMatch, ...]:
    """What a mono sound has of every print. It takes its time: before a fact is made of it, ask `standing` under the lock."""
    return _compared([samples], rate_hz)


def _compared(blocks: Iterable[F32], rate_hz: int) -> tuple[VoiceMatch, ...]:
    prints = _prints()
    parts = _parts(blocks, rate_hz) if prints else []
    if not parts:
        return ()
    heard = likeness.joined(parts)
    found = likeness.find({voice: np.frombuffer(kept, "<f4") for voice, (_, kept) in prints.items()}, heard)
    return tuple(
        VoiceMatch(
            person=prints[voice][0],
            voice=voice,
            start_s=round(span.start_s, 1),
            end_s=round(span.end_s, 1),
            likeness=round(span.likeness, 4),
            clean=span.clean,
        )
        for voice, span in found.items()
    )


def standing(found: tuple[VoiceMatch, ...]) -> tuple[VoiceMatch, ...]:
    """The matches to prints that are kept now, the likest first; one match a person."""
    kept = _prints() if found else {}
    best: dict[str, VoiceMatch] = {}
    for match in sorted((m for m in found if m.voice in kept), key=lambda m: (-m.likeness, m.voice)):
        best.setdefault(match.person, match)
    return tuple(best.values())


def _prints() -> dict[str, tuple[str, bytes]]:
    """Voice → whose it is and its print, of those that are kept."""
    kept = [v for v in queries.voices(SYSTEM) if v.method == METHOD]
    stored = private.get_many_bytes(v.print for v in kept)
    return {v.id: (v.person, stored[v.print]) for v in kept if v.print in stored}


def heard_in(samples: F32, rate_hz: int) -> likeness.Heard:
    """A sound's pieces. There is one sample or more."""
    return likeness.joined(_parts([samples], rate_hz))


def _parts(blocks: Iterable[F32], rate_hz: int) -> list[likeness.Heard]:
    """What is heard piece by piece: what is held beside does not grow with the sound's length."""
    at_rate = (soxr.resample(piece, rate_hz, RATE_HZ) for piece in _pieces(blocks, rate_hz))
    return [likeness.hear(hearing.ears(), np.asarray(piece, np.float32)) for piece in at_rate]


def _pieces(blocks: Iterable[F32], rate_hz: int) -> Iterator[F32]:
    """The same pieces of a sound, in whatever blocks it comes."""
    size = BLOCK * FRAMES * HOP * rate_hz // RATE_HZ
    waiting = np.zeros(0, np.float32)
    for block in blocks:
        waiting = np.concatenate([waiting, block]) if len(waiting) else block
        while len(waiting) >= size:
            yield waiting[:size]
            waiting = waiting[size:]
    if len(waiting):
        yield waiting


def in_words(match: VoiceMatch) -> str:
    """How alike it is, with the errors measured at the threshold."""
    if match.clean:
        return f"likeness {match.likeness:.2f}, where {likeness.LIKE:g} counts as alike; {likeness.MEASURED.words()}"
    least, words = likeness.LIKE_UNDER, likeness.MEASURED_UNDER.words()
    return f"likeness {match.likeness:.2f}, where {least:g} counts as alike with something under the voice; {words}"


def explained(
    found: Iterable[VoiceMatch], maker: str, sources: frozenset[str], feature: str | None, at: Instant
) -> dict[str, str]:
    """Person → why their voice may be there: they made it, agreed to it in this feature, or are heard on a source."""
    reasons = {m.person: _reason(m.person, maker, sources, feature, at) for m in found}
    return {person: why for person, why in reasons.items() if why}


def _reason(person: str, maker: str, sources: frozenset[str], feature: str | None, at: Instant) -> str:
    if person == maker or parties.is_verified(maker, person):
        return "they made it themselves"
    if feature is not None:
        about = governance.feature(feature)
        if Use.VOICE in about.uses and not about.territories - clearance.consent(person, Use.VOICE, feature, at):
            return f"they agreed to voice in {feature}"
    together = {person} | {membership.collective for membership in parties.memberships(member=person)}
    for source in catalog.assets(ids=sorted(sources)).values() if sources else ():
        if any(credit.party in together and credit.role in HEARD_AS for credit in source.credits):
            return f"they are heard on the declared `{source.id}`"
    return ""


def sentence(found: tuple[VoiceMatch, ...]) -> str:
    """What was heard, for a case: whose voice it is like, and when."""
    parts = [f"`{m.person}` from {m.start_s:.0f} to {m.end_s:.0f} s" for m in found]
    return f"it has a voice like the protected one of {' and of '.join(parts)}"


def people(found: tuple[VoiceMatch, ...]) -> tuple[str, ...]:
    """The other side of a case: whose voices they are."""
    return tuple(sorted({m.person for m in found}))

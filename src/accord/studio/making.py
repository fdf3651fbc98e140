"""From a score, from clips, from an edit: the sound into the vault, and the fact that will name it (shell)."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import soxr

from accord.catalog.score import Score, from_midi
from accord.studio import descent, edits, loudness, material, remix
from accord.studio.facts import TakeMade
from accord.studio.own import own_notes
from accord.studio.permission import Allowed
from accord.studio.records import ClipAnalysis, Deed, MixFigures, Own, Session, SourceSpan, Take, TakeKind
from accord.studio.remix import LONGEST_S
from accord.studio.rendering import RATE, Rendering, Samples, decode, encode, render
from accord.terms.refusal import BadInput
from accord.vault import actions as vault


@dataclass(frozen=True)
class Made:
    """What a take is made of: vault digests, and what is known of its music. A file no fact names does not exist."""

    audio: str
    duration_s: float
    midi: str | None = None
    stems: tuple[tuple[str, str], ...] = ()
    lineage: tuple[SourceSpan, ...] = ()
    analyses: tuple[ClipAnalysis, ...] = ()
    figures: MixFigures | None = None
    key: str | None = None
    tempo_bpm: float | None = None
    own: Own | None = None
    made_from: tuple[SourceSpan, ...] = ()

    def fact(
        self,
        take: str,
        sitting: Session,
        kind: TakeKind,
        allowed: Allowed,
        deeds: tuple[Deed, ...],
        parent: Take | None = None,
        model: str | None = None,
        prompt_hash: str | None = None,
    ) -> TakeMade:
        """The fact that this take was made, on what it rests, and who did what."""
        return TakeMade(
            take=take,
            session=sitting.id,
            feature=sitting.feature,
            creator=sitting.creator,
            kind=kind,
            audio=self.audio,
            duration_s=self.duration_s,
            midi=self.midi,
            stems=self.stems,
            lineage=self.lineage,
            model=parent.model if parent else model,
            parent=parent.id if parent else None,
            territories=allowed.territories,
            decisions=allowed.decisions,
            deals=allowed.deals,
            analyses=self.analyses,
            figures=self.figures,
            key=self.key,
            tempo_bpm=self.tempo_bpm,
            made_by=deeds,
            prompt_hash=prompt_hash,
            own=self.own,
            made_from=self.made_from,
            leaves=allowed.leaves,
        )


def from_score(score: Score, gain_db: float = 0.0, own: Score | None = None, played: bool = False) -> Made:
    """A score, rendered: mix at the target loudness and `gain_db`, stems as they sound in the rendering, notes as MIDI.

    `own` are the notes in it that its creator brought.
    """
    if score.duration_s > LONGEST_S:
        raise BadInput(f"a piece of {score.duration_s:.0f} seconds is too long", do=f"keep it to {LONGEST_S:g} seconds")
    rendering: Rendering = render(score)
    with ThreadPoolExecutor(2) as hands:  # a stem is on its way to the disk while the mix is mastered
        stems = {name: hands.submit(_kept, stem) for name, stem in rendering.stems.items()}
        plain, lufs = loudness.mastered(rendering.mix, rendering.rate)
        mix = edits.louder(plain, rendering.rate, gain_db)
        audio, figures = hands.submit(_kept, mix), _measured(mix, None if gain_db else lufs)
    return Made(
        audio=audio.result(),
        duration_s=round(len(mix) / RATE, 3),
        midi=vault.put(score.to_midi()),
        stems=tuple((name, stem.result()) for name, stem in stems.items()),
        figures=figures,
        key=score.key,
        tempo_bpm=score.tempo_bpm,
        own=_own(score, own, played),
    )


def from_clips(
    mixed: remix.Remix,
    clips: tuple[remix.Clip, ...],
    tempo_bpm: float | None,
    key: str | None,
    inside: Mapping[str, tuple[SourceSpan, ...]],
) -> Made:
    """A remix: the mix, who is heard in it when, and what was known of each clip; `inside` are the roots of takes in it."""
    cuts = [clip.cut for clip in clips if clip.gain > 0]
    return Made(
        audio=_kept(mixed.samples),
        duration_s=round(len(mixed.samples) / RATE, 3),
        lineage=descent.expanded(mixed.lineage, cuts, inside),
        made_from=mixed.lineage,
        analyses=tuple(material.analysis(clip) for clip in clips),
        figures=mixed.figures,
        key=key or clips[0].key.name,
        tempo_bpm=clips[0].tempo.bpm if tempo_bpm is None else tempo_bpm,
    )


def from_sound(samples: Samples, rate: int) -> Made:
    """Sound that a model made as it is: at the studio's rate in two channels, at the target loudness."""
    wide = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]
    mix, lufs = loudness.mastered(np.asarray(soxr.resample(wide, rate, RATE), np.float32), RATE)
    return Made(audio=_kept(mix), duration_s=round(len(mix) / RATE, 3), figures=_measured(mix, lufs))


def edited(before: Take, change: edits.Edit) -> Made:
    """The take after an edit: in its notes when it has notes (gain aside), else in its sound."""
    if before.midi is not None and change.verb != "gain":
        after = edits.edited_score(from_midi(vault.read(before.midi)), change)
        brought = edits.edited_score(from_midi(vault.read(before.own.midi)), change) if before.own else None
        return from_score(after, edits.gain_db(before.made_by), brought, bool(before.own and before.own.played))
    samples, rate = decode(vault.read(before.audio))
    changed = edits.edited_samples(samples, rate, change, before.tempo_bpm)
    return Made(
        audio=_kept(changed),
        duration_s=round(len(changed) / RATE, 3),
        midi=before.midi,
        stems=before.stems,
        lineage=edits.edited_lineage(before.lineage, change, before.tempo_bpm),
        analyses=before.analyses,
        figures=_measured(changed),
        key=edits.edited_key(before.key, change),
        tempo_bpm=change.numbers[0] if change.verb == "tempo" else before.tempo_bpm,
        own=before.own,
    )


def _own(piece: Score, brought: Score | None, played: bool) -> Own | None:
    """The creator's notes that stand in the piece; None when there is none."""
    found = own_notes(piece, brought) if brought is not None else None
    if found is None or not found.note_count:
        return None
    return Own(vault.put(found.to_midi()), found.note_count, piece.note_count, played)


def _kept(samples: Samples) -> str:
    return vault.put(encode(samples, RATE, "wav"))


def _measured(samples: Samples, lufs: float | None = None) -> MixFigures:
    """Loudness, unless it is known, and true peak."""
    lufs = loudness.integrated_lufs(samples, RATE) if lufs is None else lufs
    peak = loudness.true_peak_dbtp(samples)
    return MixFigures(loudness_lufs=round(max(lufs, -99.0), 2), true_peak_dbtp=round(max(peak, -99.0), 2))

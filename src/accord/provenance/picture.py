"""What the credited waveform of one creation shows: who is heard when, and which bars stand in which work (shell)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from accord.attribution import queries as attribution
from accord.attribution.records import BarMatch
from accord.catalog.score import TICKS_PER_QUARTER, from_midi
from accord.studio.picture import NOBODYS, SHAPED, Dress, Picture, Span, dressed
from accord.studio.picture import picture as of_sound
from accord.studio.records import Creation
from accord.terms.refusal import NotThere
from accord.vault import actions as vault

#: What stands between bars that a work has too.
BETWEEN = ((SHAPED, NOBODYS, 1.0),)


def picture(creation: Creation, bars: Sequence[BarMatch]) -> Picture:
    """A remix shows its sources; a model's piece the bars that stand in a work, in the colour of who wrote it."""
    drawn = of_sound(creation.audio, creation.duration_s, creation.lineage, creation.model)
    if creation.lineage or not bars:
        return drawn
    dress = dressed(match.asset for match in bars)
    return msgspec.structs.replace(drawn, heard=_written(creation, bars, dress), colours=dress.people)


def matching_bars(creation_id: str) -> tuple[BarMatch, ...]:
    """Bars that stand note for note in a work: evidence to look at, not what is paid on."""
    try:
        return attribution.evidence(creation_id).bars
    except NotThere:
        return ()


def _written(creation: Creation, bars: Sequence[BarMatch], dress: Dress) -> list[Span]:
    bar_s, at_s = _bar_s(creation), 0.0
    spans: list[Span] = []
    for match in sorted(bars, key=lambda match: match.first_bar):
        start, end = (match.first_bar - 1) * bar_s, match.last_bar * bar_s
        if start < at_s or end > creation.duration_s:
            continue
        name = f"bars that stand in a work of {dress.said.get(match.asset, match.asset)}"
        spans += [(at_s, start, BETWEEN), (start, end, ((name, dress.worn[match.asset], 1.0),))]
        at_s = end
    return [*spans, (at_s, creation.duration_s, BETWEEN)]


def _bar_s(creation: Creation) -> float:
    """The length of a bar in seconds, by the piece's own score."""
    if creation.midi is None:
        return creation.duration_s
    score = from_midi(vault.read(creation.midi))
    return score.bar_ticks / TICKS_PER_QUARTER * 60.0 / score.tempo_bpm

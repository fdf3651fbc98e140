"""What the credited waveform of one creation shows: who is heard when, and which bars stand in which work (shell)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.attribution import queries as attribution
from accord.attribution.records import BarMatch
from accord.catalog.score import TICKS_PER_QUARTER, from_midi
from accord.provenance.heard import moments
from accord.studio.records import Creation
from accord.terms.refusal import NotThere
from accord.vault import actions as vault

Span = tuple[float, float, tuple[tuple[str, str, float], ...]]
#: What a model wrote and no work has note for note; which works shaped it is an estimate and has no place in time.
MODEL = (("the model, shaped by the works below", "var(--soft)", 1.0),)


def heard_in(
    creation: Creation, bars: Sequence[BarMatch], titles: Mapping[str, str], chosen: Mapping[str, str]
) -> list[Span]:
    """The spans of the picture: (from, to, ((name, CSS colour, share of the moment), …)), times in seconds.

    A remix shows its sources. A model's piece shows the bars that stand in a work in that work's colour.
    """
    if not creation.lineage:
        return _written(creation, bars, titles, chosen)
    return [
        (start, end, tuple((titles.get(a, a), chosen.get(a, "var(--soft)"), share) for a, share in who))
        for start, end, who in moments(creation.lineage, creation.duration_s)
    ]


def matching_bars(creation_id: str) -> tuple[BarMatch, ...]:
    """Bars that stand note for note in a work: evidence to look at, not what is paid on."""
    try:
        return attribution.evidence(creation_id).bars
    except NotThere:
        return ()


def _written(
    creation: Creation, bars: Sequence[BarMatch], titles: Mapping[str, str], chosen: Mapping[str, str]
) -> list[Span]:
    bar_s, at_s = _bar_s(creation), 0.0
    spans: list[Span] = []
    for match in sorted(bars, key=lambda match: match.first_bar):
        start, end = (match.first_bar - 1) * bar_s, match.last_bar * bar_s
        if start < at_s or end > creation.duration_s:
            continue
        name = f"bars that stand in {titles.get(match.asset, match.asset)}"
        spans += [(at_s, start, MODEL), (start, end, ((name, chosen.get(match.asset, "var(--accent)"), 1.0),))]
        at_s = end
    return [*spans, (at_s, creation.duration_s, MODEL)]


def _bar_s(creation: Creation) -> float:
    """The length of a bar in seconds, by the piece's own score."""
    if creation.midi is None:
        return creation.duration_s
    score = from_midi(vault.read(creation.midi))
    return score.bar_ticks / TICKS_PER_QUARTER * 60.0 / score.tempo_bpm

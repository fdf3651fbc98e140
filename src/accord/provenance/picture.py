"""What the credited waveform of one creation shows: who is heard when, and which bars stand in which work (shell)."""

from __future__ import annotations

from collections.abc import Mapping

from accord.attribution import queries as attribution
from accord.provenance.heard import moments
from accord.studio.records import Creation
from accord.terms.refusal import NotThere

Span = tuple[float, float, tuple[tuple[str, str, float], ...]]
#: The colour of what nobody but the model is heard in.
MODEL_COLOUR = "var(--soft)"


def heard_in(creation: Creation, titles: Mapping[str, str], chosen: Mapping[str, str]) -> list[Span]:
    """The spans of the picture: (from, to, ((name, CSS colour, share of the moment), …)), times in seconds.

    A remix shows its sources. A model's piece is the model's throughout: which works shaped it is an estimate over the
    whole piece and has no place in time.
    """
    if not creation.lineage:
        return [(0.0, creation.duration_s, (("the model, shaped by the works below", MODEL_COLOUR, 1.0),))]
    return [
        (start, end, tuple((titles.get(asset, asset), chosen.get(asset, MODEL_COLOUR), share) for asset, share in who))
        for start, end, who in moments(creation.lineage, creation.duration_s)
    ]


def matching_bars(creation_id: str, titles: Mapping[str, str]) -> list[str]:
    """Bars that stand note for note in a work, in words: evidence to look at, not what is paid on."""
    try:
        found = attribution.evidence(creation_id).bars
    except NotThere:
        return []
    return [match.sentence(titles.get(match.asset, match.asset)) for match in found]

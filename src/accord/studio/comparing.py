"""Two takes side by side: the same figures of both, row by row."""

from __future__ import annotations

from accord.studio.descent import models_of
from accord.studio.records import Comparison, SourceSpan, Take


def compare(first: Take, second: Take) -> Comparison:
    """The rows that tell two takes apart, in the order a listener asks for them."""
    return Comparison(
        first.id, second.id, tuple((what, a, b) for (what, a), (_, b) in zip(_rows(first), _rows(second), strict=True))
    )


def _rows(take: Take) -> list[tuple[str, str]]:
    figures = take.figures
    return [
        ("how it was made", take.kind.value),
        ("state", take.state.value),
        ("length", f"{take.duration_s:.1f} s"),
        ("key", take.key or "not known"),
        ("tempo", f"{take.tempo_bpm:g} beats a minute" if take.tempo_bpm else "not known"),
        ("loudness", f"{figures.loudness_lufs:.1f} LUFS" if figures else "not measured"),
        ("true peak", f"{figures.true_peak_dbtp:.1f} dBTP" if figures else "not measured"),
        ("beats apart", _number(figures.beat_offset_ms if figures else None, "ms")),
        ("keys apart", _number(figures.key_distance_fifths if figures else None, "fifths")),
        ("sources", "; ".join(_heard(span) for span in take.lineage) or "none"),
        ("model", ", ".join(models_of(take)) or "none"),
        ("stems", ", ".join(name for name, _ in take.stems) or "none"),
        ("who did what", "; ".join(f"{deed.kind.value}: {deed.what}" for deed in take.made_by) or "not recorded"),
    ]


def _number(value: float | None, unit: str) -> str:
    return "does not apply" if value is None else f"{value:g} {unit}"


def _heard(span: SourceSpan) -> str:
    return f"{span.asset} {span.from_s:.1f}–{span.to_s:.1f} s at {span.gain:g}"

"""The credited waveform: a creation's waveform coloured second by second by who is heard (pure: values in, SVG out).

Where several are heard at once, the column is stacked in the proportion of their shares there. The picture always has a
text beside it that says the same: the spans, with names and times.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import msgspec

WIDTH, HEIGHT, MIDDLE = 1000, 160, 70
BAR = 4


class Heard(msgspec.Struct, frozen=True):
    """From `start_s` to `end_s` the people or assets in `who` are heard, as (name, CSS colour, share of the moment)."""

    start_s: float
    end_s: float
    who: tuple[tuple[str, str, float], ...]


def draw(peaks: Sequence[float], duration_s: float, spans: Sequence[Heard], title: str) -> str:
    """The SVG of a waveform from `peaks` (0…1, equally spaced over `duration_s` seconds)."""
    columns = []
    count = max(1, WIDTH // BAR)
    for column in range(count):
        at = (column + 0.5) / count
        peak = _peak(peaks, at)
        columns.append(_column(column * BAR, peak, _at(spans, at * duration_s)))
    return (
        f'<svg class="waveform" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}"'
        f' preserveAspectRatio="none"><title>{escape(title)}</title>{"".join(columns)}{_ruler(duration_s)}</svg>'
    )


def _column(x: int, peak: float, who: Sequence[tuple[str, str, float]]) -> str:
    half = max(1.0, peak * (MIDDLE - 6))
    top, height = MIDDLE - half, 2 * half
    parts = who or [("", "var(--line)", 1.0)]
    whole = sum(share for _, _, share in parts) or 1.0
    drawn = []
    for _, colour, share in parts:
        part = height * share / whole
        drawn.append(f'<rect x="{x}" y="{top:.1f}" width="{BAR - 1}" height="{part:.1f}" fill="{colour}"/>')
        top += part
    return "".join(drawn)


def _at(spans: Sequence[Heard], second: float) -> Sequence[tuple[str, str, float]]:
    return next((span.who for span in spans if span.start_s <= second < span.end_s), ())


def _peak(peaks: Sequence[float], at: float) -> float:
    if not len(peaks):
        return 0.0
    return min(1.0, max(0.0, float(peaks[min(len(peaks) - 1, int(at * len(peaks)))])))


def _ruler(duration_s: float) -> str:
    """Marks every 5, 10 or 30 seconds below the waveform."""
    step = next((s for s in (5, 10, 30) if duration_s / s <= 12), 60)
    marks = []
    for second in range(0, int(duration_s) + 1, step):
        x = second / duration_s * WIDTH if duration_s else 0
        anchor = "start" if second == 0 else "middle"
        marks.append(
            f'<text x="{x:.0f}" y="{HEIGHT - 4}" font-size="12" text-anchor="{anchor}" fill="var(--soft)">'
            f"{second // 60}:{second % 60:02d}</text>"
        )
    return "".join(marks)

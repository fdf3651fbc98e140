"""The credited waveform: a creation's waveform coloured second by second by who is heard (pure: values in, SVG out).

Where several are heard at once, the column is stacked in the proportion of their shares there. Below the picture stand
the names, each with a lane that shows when it is heard and the same in figures: nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import msgspec

WIDTH, HEIGHT, MIDDLE = 1000, 140, 70
BAR = 4
#: A pause shorter than this does not break a stretch in the words below the picture.
JOIN_S = 0.05


class Heard(msgspec.Struct, frozen=True):
    """From `start_s` to `end_s` the people or assets in `who` are heard, as (name, CSS colour, share of the moment).

    A name that is empty is drawn and not listed.
    """

    start_s: float
    end_s: float
    who: tuple[tuple[str, str, float], ...]


def figure(peaks: Sequence[float], duration_s: float, spans: Sequence[Heard], title: str) -> str:
    """The picture with its ruler and the names beside it, as an HTML figure."""
    return (
        f'<figure class="credited">{draw(peaks, duration_s, spans, title)}{_ruler(duration_s)}'
        f"{_names(duration_s, spans)}</figure>"
    )


def draw(peaks: Sequence[float], duration_s: float, spans: Sequence[Heard], title: str) -> str:
    """The SVG of a waveform from `peaks` (0…1, equally spaced over `duration_s` seconds)."""
    count = max(1, WIDTH // BAR)
    columns = (
        _column(column * BAR, _peak(peaks, (column + 0.5) / count), _at(spans, (column + 0.5) / count * duration_s))
        for column in range(count)
    )
    return (
        f'<svg class="waveform" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}"'
        f' preserveAspectRatio="none"><title>{escape(title)}</title>{"".join(columns)}</svg>'
    )


def _column(x: int, peak: float, who: Sequence[tuple[str, str, float]]) -> str:
    half = max(1.0, peak * (MIDDLE - 4))
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
    """Marks every 5, 10 or 30 seconds below the waveform; text of the page, so that it stays readable on a phone."""
    step = next((s for s in (5, 10, 30) if duration_s / s <= 8), 60)
    marks = "".join(
        f'<span style="left:{100 * second / duration_s:.2f}%">{_clock(second)}</span>'
        for second in range(0, int(duration_s) + 1, step)
        if duration_s and second <= 0.9 * duration_s
    )
    return f'<div class="ruler" aria-hidden="true">{marks}</div>'


def _names(duration_s: float, spans: Sequence[Heard]) -> str:
    """One line for each name, in the order in which they come in: its lane over the length, and when, in figures."""
    lines = "".join(
        f'<li><span class="heard-name"><span class="who-dot" style="--who:{colour}"></span>{escape(name)}</span>'
        f'<span class="heard-lane" aria-hidden="true">{_lane(stretches, duration_s, colour)}</span>'
        f'<span class="heard-when">{", ".join(f"{_clock(a)}–{_clock(b)}" for a, b in stretches)}</span></li>'
        for name, colour, stretches in _voices(spans, duration_s)
    )
    return f'<ul class="heard">{lines}</ul>' if lines else ""


def _voices(spans: Sequence[Heard], duration_s: float) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for span in spans:
        start, end = max(0.0, span.start_s), min(duration_s, span.end_s)
        for name, colour, _ in span.who if end > start else ():
            stretches = found.setdefault((name, colour), [])
            if stretches and start - stretches[-1][1] <= JOIN_S:
                stretches[-1] = (stretches[-1][0], end)
            else:
                stretches.append((start, end))
    return ((name, colour, stretches) for (name, colour), stretches in found.items() if name)


def _lane(stretches: Sequence[tuple[float, float]], duration_s: float, colour: str) -> str:
    return "".join(
        f'<i style="left:{100 * a / duration_s:.2f}%;width:{100 * (b - a) / duration_s:.2f}%;background:{colour}"></i>'
        for a, b in stretches
    )


def _clock(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"

"""Charts as SVG from the server: built with altair, drawn by vl-convert, no script and no font download.

Each chart carries its title and description for screen readers, and the page puts `table` beside it: a picture is never
the only way to a number. Colours are CSS variables of the page (with a light fallback), so one SVG serves light and dark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib import import_module
from typing import Any

from accord.insights.records import Figure, Part
from accord.terms import money

#: Stand-ins that Vega-Lite takes as colours → the page's variables with their light values.
COLOURS = {
    "#0a0b01": "var(--ink, #1d1c1a)",
    "#0a0b02": "var(--soft, #5d5a54)",
    "#0a0b03": "var(--line, #dcd8cf)",
    "#0a0b04": "var(--accent, #8a2f4b)",
}
INK, SOFT, LINE, ACCENT = COLOURS
FONT = "system-ui, sans-serif"
#: Narrow enough to stand unscaled in a card on a phone, so that its text is as large there as elsewhere.
WIDTH, ROW_HEIGHT = 280, 42
#: Units whose axis is a percentage.
PERCENT = ("share",)


def bars(figure: Figure, parts: Sequence[Part] | None = None) -> str:
    """A figure's parts as bars, each with its name and value above it. Empty text when there is nothing to draw."""
    shown = [part for part in (parts if parts is not None else figure.parts) if part.value is not None]
    if not any(part.value for part in shown):
        return ""
    rows = [
        {"label": part.label, "value": _scaled(part.value, part.unit or figure.unit), "said": said(part, figure.unit)}
        for part in shown
    ]
    described = f"{figure.title}: " + "; ".join(f"{row['label']} {row['said']}" for row in rows)
    return _svg(json.dumps(rows), _axis(figure.unit), figure.title, described)


def table(figure: Figure) -> str:
    """The figure's parts as an HTML table: what the chart shows, to read, copy and hear."""
    head = "<thead><tr><th scope='col'>Part</th><th scope='col'>Value</th><th scope='col'>Out of</th></tr></thead>"
    body = "".join(
        f"<tr><th scope='row'>{escape(part.label)}</th><td class='number'>{escape(said(part, figure.unit))}</td>"
        f"<td class='number'>{part.n:,}</td></tr>"
        for part in figure.parts
    )
    return f"<table><caption>{escape(figure.title)}</caption>{head}<tbody>{body}</tbody></table>"


def said(part: Part | Figure, unit: str = "") -> str:
    """A value in words a reader takes in at once: `42.5 %`, `1,204.50 EUR`, `6.0 days`, `nothing to count yet`."""
    unit, value = part.unit or unit, part.value
    if value is None:
        return "nothing to count yet"
    if unit.startswith("share"):
        return f"{value:.1%}".replace("%", " %")
    if unit.startswith("micros "):
        # whole cents by rounding half up: a figure, not a payment
        return f"{money.text((int(value) + 5_000) // 10_000 * 10_000)} {unit.removeprefix('micros ')}"
    if unit == "people":
        return f"{value:,}"
    if unit == "per 1,000":
        return f"{value:.1f} per 1,000"
    return f"{value:,.1f} {unit}"


def _scaled(value: float | None, unit: str) -> float:
    if value is None:
        return 0.0
    return value / 1_000_000 if unit.startswith("micros ") else float(value)


def _axis(unit: str) -> str:
    if unit.startswith(PERCENT):
        return "%"
    return unit.removeprefix("micros ")


@lru_cache(maxsize=256)
def _svg(rows: str, axis: str, title: str, described: str) -> str:
    """Draw, then give the picture its names and the page's colours. Kept: the same rows are the same picture."""
    svg: str = import_module("vl_convert").vegalite_to_svg(_bars(json.loads(rows), axis).to_json())
    for stand_in, variable in COLOURS.items():
        svg = svg.replace(stand_in, variable)
    key = sha256(f"{title}{rows}".encode()).hexdigest()[:8]
    named = (
        f'<svg role="img" aria-labelledby="t{key} d{key}" style="max-width:100%;height:auto" \\1>'
        f'<title id="t{key}">{escape(title)}</title><desc id="d{key}">{escape(described)}</desc>'
    )
    return re.sub(r"<svg ([^>]*)>", lambda found: named.replace("\\1", found.group(1)), svg, count=1)


def _altair() -> Any:
    """Altair, loaded when a chart is drawn: most commands draw none. Its generated classes carry no useful types."""
    return import_module("altair")


def _bars(data: list[dict[str, Any]], axis: str) -> Any:
    """Bars from the left edge; above each stands what it is and how much, so that no label needs room beside it."""
    alt = _altair()

    number = alt.Axis(format="%" if axis == "%" else ",.12~g", tickCount=4, labelOverlap=True)
    across = alt.X("value:Q", axis=number, title=None if axis == "%" else axis, scale=alt.Scale(zero=True, nice=True))
    base = alt.Chart(alt.Data(values=data)).encode(y=alt.Y("label:N", sort=None, axis=None))
    bar = base.mark_bar(color=ACCENT, height=12, yOffset=10, cornerRadiusEnd=2).encode(x=across)
    words = base.transform_calculate(words="datum.label + ': ' + datum.said")
    text = words.mark_text(align="left", dy=-6, fontSize=13, color=INK, limit=WIDTH).encode(
        x=alt.value(0), text="words:N"
    )
    return _configured(alt.layer(bar, text), ROW_HEIGHT * len(data))


def _configured(chart: Any, height: int) -> Any:
    alt = _altair()

    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12}
    room = {"left": 4, "right": 16, "top": 4, "bottom": 4}
    return chart.properties(width=WIDTH, height=height, background="transparent", padding=room).configure(
        aria=False,  # the picture has one name and one description; marks would repeat them
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(**text, titleFontWeight="normal", gridColor=LINE, domainColor=LINE, tickColor=LINE),
        text=alt.MarkConfig(font=FONT),
    )

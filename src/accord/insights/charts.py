"""Charts as SVG from the server: built with altair, drawn by vl-convert, no script and no font download.

Each chart carries its title and description for screen readers, and the page puts `table` beside it: a picture is never
the only way to a number. Colours are CSS variables of the page (with a light fallback), so one SVG serves light and dark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
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
    **{
        f"#0a0c{number:02d}": f"var(--who-{number}, {light})"
        for number, light in enumerate(
            [
                "#2f6f9f",
                "#b3562b",
                "#4d7d33",
                "#8a4fa3",
                "#a88a1c",
                "#2a7f7a",
                "#b04a74",
                "#5b62b5",
                "#7a6a55",
                "#3d8f55",
                "#c2473f",
                "#4c6a7d",
            ]
        )
    },
}
INK, SOFT, LINE, ACCENT = list(COLOURS)[:4]
SERIES = list(COLOURS)[4:]
FONT = "system-ui, sans-serif"
WIDTH, ROW_HEIGHT = 340, 30
#: Units whose axis is a percentage.
PERCENT = ("share",)


def bars(figure: Figure, parts: Sequence[Part] | None = None) -> str:
    """A figure's parts as horizontal bars with their values written at the end. Empty text when there is nothing to draw."""
    shown = [part for part in (parts if parts is not None else figure.parts) if part.value is not None]
    if not shown:
        return ""
    rows = [
        {"label": part.label, "value": _scaled(part.value, part.unit or figure.unit), "said": said(part, figure.unit)}
        for part in shown
    ]
    described = f"{figure.title}: " + "; ".join(f"{row['label']} {row['said']}" for row in rows)
    return _svg(json.dumps(rows), "bars", _axis(figure.unit), figure.title, described)


def stacked(title: str, rows: Iterable[tuple[str, str, float]], unit: str) -> str:
    """(bar, series, value) as one bar per name, divided by series: where money came from. Empty text of nothing."""
    data = [{"label": label, "series": series, "value": _scaled(value, unit)} for label, series, value in rows]
    if not data:
        return ""
    described = f"{title}: " + "; ".join(f"{row['label']}, {row['series']} {row['value']:g}" for row in data)
    return _svg(json.dumps(data), "stacked", _axis(unit), title, described)


def line(title: str, rows: Iterable[tuple[str, str, float]], unit: str) -> str:
    """(ISO date, series, value) as lines over time. Empty text of nothing."""
    data = [{"at": at, "series": series, "value": _scaled(value, unit)} for at, series, value in rows]
    if not data:
        return ""
    described = f"{title}: " + "; ".join(f"{row['at']} {row['series']} {row['value']:g}" for row in data)
    return _svg(json.dumps(data), "line", _axis(unit), title, described)


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
def _svg(rows: str, kind: str, axis: str, title: str, described: str) -> str:
    """Draw, then give the picture its names and the page's colours. Kept: the same rows are the same picture."""
    data = json.loads(rows)
    chart = {"bars": _bars, "stacked": _stacked, "line": _line}[kind](data, axis)
    svg: str = import_module("vl_convert").vegalite_to_svg(chart.to_json())
    for stand_in, variable in COLOURS.items():
        svg = svg.replace(stand_in, variable)
    key = sha256(f"{kind}{title}{rows}".encode()).hexdigest()[:8]
    named = (
        f'<svg role="img" aria-labelledby="t{key} d{key}" style="max-width:100%;height:auto" \\1>'
        f'<title id="t{key}">{escape(title)}</title><desc id="d{key}">{escape(described)}</desc>'
    )
    return re.sub(r"<svg ([^>]*)>", lambda found: named.replace("\\1", found.group(1)), svg, count=1)


def _altair() -> Any:
    """Altair, loaded when a chart is drawn: most commands draw none. Its generated classes carry no useful types."""
    return import_module("altair")


def _configured(chart: Any, height: int) -> Any:
    alt = _altair()

    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": INK, "titleColor": SOFT, "labelFontSize": 13}
    # readers' fonts are wider than the one text is measured with here: without room at the sides labels are cut
    room = {"left": 24, "right": 24, "top": 5, "bottom": 5}
    return chart.properties(width=WIDTH, height=height, background="transparent", padding=room).configure(
        aria=False,  # the picture has one name and one description; marks would repeat them
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(**text, titleFontWeight="normal", gridColor=LINE, domainColor=LINE, tickColor=LINE),
        legend=alt.LegendConfig(**text, orient="bottom", title=None),
        text=alt.MarkConfig(font=FONT),
    )


def _quantity(axis: str) -> Any:
    alt = _altair()

    number = alt.Axis(format="%" if axis == "%" else ",.12~g", tickCount=4, labelOverlap=True)
    return alt.X("value:Q", axis=number, title=None if axis == "%" else axis, scale=alt.Scale(zero=True, nice=True))


def _bars(data: list[dict[str, Any]], axis: str) -> Any:
    alt = _altair()

    label = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=240, ticks=False, domain=False))
    base = alt.Chart(alt.Data(values=data)).encode(x=_quantity(axis), y=label)
    bar = base.mark_bar(color=ACCENT, height=14, cornerRadiusEnd=2)
    text = base.mark_text(align="left", dx=5, fontSize=12, color=INK).encode(text="said:N")
    return _configured(alt.layer(bar, text), ROW_HEIGHT * len(data))


def _stacked(data: list[dict[str, Any]], axis: str) -> Any:
    alt = _altair()

    names = list(dict.fromkeys(row["series"] for row in data))
    colour = alt.Color("series:N", sort=names, scale=alt.Scale(domain=names, range=_colours(len(names))))
    label = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=240, ticks=False, domain=False))
    bar = alt.Chart(alt.Data(values=data)).mark_bar(height=18).encode(x=_quantity(axis), y=label, color=colour)
    return _configured(bar, ROW_HEIGHT * len({row["label"] for row in data}))


def _line(data: list[dict[str, Any]], axis: str) -> Any:
    alt = _altair()

    names = list(dict.fromkeys(row["series"] for row in data))
    colour = alt.Color("series:N", sort=names, scale=alt.Scale(domain=names, range=_colours(len(names))))
    if len(names) == 1:
        colour = alt.value(ACCENT)
    number = alt.Axis(format="%") if axis == "%" else alt.Axis(format=",.12~g")
    value = alt.Y("value:Q", axis=number, title=None if axis == "%" else axis, scale=alt.Scale(zero=True))
    day = alt.X("at:T", title=None, axis=alt.Axis(grid=False, format="%d %b", labelOverlap=True))
    drawn = alt.Chart(alt.Data(values=data)).mark_line(point=True, strokeWidth=2).encode(x=day, y=value, color=colour)
    return _configured(drawn, 220)


def _colours(count: int) -> list[str]:
    return [SERIES[number % len(SERIES)] for number in range(count)]

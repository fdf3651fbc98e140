"""The graph of a creation as SVG: what was made on the left, what it was made from to the right (pure: values in, SVG out)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from html import escape

from accord.attribution.family import Family

WIDE, HIGH, GAP_X, GAP_Y = 190, 46, 70, 18


def draw(graph: Family, names: Mapping[str, str], colours: Mapping[str, str]) -> str:
    """The picture; a line is as thick as its part, and each box names what it is."""
    columns: dict[int, list[str]] = defaultdict(list)
    for member in graph.members:
        columns[member.depth].append(member.id)
    places = {
        name: (depth * (WIDE + GAP_X), row * (HIGH + GAP_Y))
        for depth, of in columns.items()
        for row, name in enumerate(of)
    }
    width, height = len(columns) * (WIDE + GAP_X) - GAP_X, max(map(len, columns.values())) * (HIGH + GAP_Y) - GAP_Y
    lines = "".join(_line(places[d.made], places[d.source], float(d.part)) for d in graph.descents)
    boxes = "".join(_box(places[m.id], names.get(m.id, m.id), m.kind, colours.get(m.id, "")) for m in graph.members)
    title = "What it was made from: each line leads from a piece to what is heard in it"
    return (
        f'<svg class="family" viewBox="-4 -4 {width + 8} {height + 8}" width="{width + 8}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{lines}{boxes}</svg>"
    )


def _line(made: tuple[int, int], source: tuple[int, int], part: float) -> str:
    x, y, to_x, to_y = made[0] + WIDE, made[1] + HIGH / 2, source[0], source[1] + HIGH / 2
    bend = (x + to_x) / 2
    return (
        f'<path d="M{x} {y} C{bend} {y} {bend} {to_y} {to_x} {to_y}" fill="none" stroke="var(--soft)" '
        f'stroke-width="{1 + 7 * part:.1f}" opacity="0.55"><title>{100 * part:.1f} %</title></path>'
    )


def _box(place: tuple[int, int], name: str, kind: str, colour: str) -> str:
    shown = name if len(name) <= 23 else name[:22] + "…"
    edge = colour or "var(--line)"
    return (
        f'<g><rect x="{place[0]}" y="{place[1]}" width="{WIDE}" height="{HIGH}" rx="6" fill="var(--sheet)" stroke="{edge}" '
        f'stroke-width="2"/><text x="{place[0] + 10}" y="{place[1] + 19}" fill="var(--ink)" font-size="13">{escape(shown)}'
        f'<title>{escape(name)}</title></text><text x="{place[0] + 10}" y="{place[1] + 36}" fill="var(--soft)" '
        f'font-size="11">{kind}</text></g>'
    )

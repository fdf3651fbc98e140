"""The world as a map of tiles: one square per territory, all of the same size, roughly where it lies (pure).

Every territory can be seen, touched and read, Malta as well as Russia; see docs/decisions/0058. The same code stands in
each square as in every table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from accord.terms.territory import NAMES

#: Each line is a row of the map, each word a place in it; every territory of the table stands somewhere.
GRID = """
.. .. .. .. .. .. .. .. .. GL .. .. .. .. .. .. SJ .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..
.. CA .. .. .. .. .. .. .. .. .. .. IS FO .. NO SE AX FI .. RU .. .. .. .. .. .. .. .. .. .. .. .. ..
.. US .. .. PM .. .. .. .. .. .. .. IE IM GB DK .. EE LV LT .. .. .. .. .. .. .. .. .. .. .. .. .. ..
.. MX .. .. .. .. BM .. .. .. .. .. GG JE BE NL DE PL BY .. .. .. .. .. .. .. .. .. .. .. .. .. .. ..
.. GT BZ .. BS TC .. .. .. .. .. .. .. FR LU LI CZ SK UA MD .. .. .. .. .. .. .. .. .. .. .. .. .. ..
.. SV HN .. CU HT DO PR VI VG .. PT ES MC CH AT HU RO .. GE AZ .. KZ .. MN .. .. .. .. .. .. .. .. ..
.. .. NI .. KY JM .. AI SX MF .. GI AD IT SI HR RS BG TR AM .. TM UZ KG CN KP KR .. JP .. .. .. .. ..
.. .. CR .. .. .. .. KN AG BL .. .. .. VA SM BA XK MK .. SY IQ IR AF TJ .. .. .. TW .. .. .. .. .. ..
.. .. PA .. AW CW BQ MS GP DM .. .. .. MT .. ME AL GR CY LB JO KW PK NP BT .. MO HK .. .. .. .. .. ..
.. .. .. CO VE .. .. VC MQ LC .. .. MA DZ TN LY EG .. IL PS SA BH .. IN BD MM LA VN .. MP .. UM .. ..
.. .. EC .. GY SR GF GD TT BB .. EH MR ML NE TD SD ER .. YE QA AE .. .. .. TH KH PH .. GU MH .. .. ..
.. .. PE BO BR .. .. .. .. .. CV SN GM BF BJ NG CF SS ET DJ .. OM MV LK .. .. MY BN PW FM NR KI .. ..
.. .. CL PY .. .. .. .. .. .. .. GW GN CI GH TG CM UG KE SO .. .. IO .. .. SG ID TL PG SB TV TK .. ..
.. .. .. AR UY .. .. .. .. .. .. .. SL LR ST GQ CG RW TZ .. SC .. .. .. CC CX .. .. VU FJ WF WS AS ..
.. .. .. .. .. .. .. .. .. .. .. SH .. .. .. GA CD BI MW KM .. .. .. .. .. .. AU .. NC .. TO NU CK PF
.. .. .. .. FK .. GS .. .. .. .. .. .. .. .. AO ZM ZW MZ YT .. MU .. .. .. .. .. .. NF .. .. .. .. PN
.. .. .. .. .. .. .. .. .. .. .. .. .. .. .. NA BW SZ .. MG RE .. .. .. .. .. .. .. .. NZ .. .. .. ..
.. .. .. .. .. .. .. .. .. .. .. .. BV .. .. .. ZA LS .. .. .. .. TF .. HM .. .. .. .. .. .. .. .. ..
.. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. AQ .. .. .. .. .. .. .. .. .. .. .. .. ..
"""
PLACES: dict[str, tuple[int, int]] = {
    code: (column, row)
    for row, line in enumerate(GRID.strip().split("\n"))
    for column, code in enumerate(line.split())
    if code != ".."
}
#: Pixels from one square to the next, and how many squares there are across and down.
PITCH, ACROSS, DOWN = 24, 34, 19
#: Shades from one to all.
SHADES = 6


def world_map(
    counts: Mapping[str, int],
    title: str,
    said: Callable[[str], str],
    path: Callable[[str], str],
    chosen: frozenset[str] = frozenset(),
) -> str:
    """The map as SVG: a territory in `counts` is a link, shaded by its count, and says `said(code)` to whoever points at it
    or hears it read; the others are empty squares. `chosen` are outlined."""
    some = [count for count in counts.values() if count]
    least, most = min(some, default=0), max(some, default=0)
    squares = "".join(
        _link(code, shade(counts[code], least, most), said(code), path(code), code in chosen)
        if code in counts
        else f'<g class="outside" aria-hidden="true">{_square(code)}</g>'
        for code in sorted(PLACES, key=_reading)
    )
    return (
        f'<svg class="world" viewBox="0 0 {ACROSS * PITCH} {DOWN * PITCH}" role="group" aria-label="{escape(title)}">'
        f"{squares}</svg>"
    )


def shade(count: int, least: int, most: int) -> int:
    """0 for none, else 1 (the least there is) to `SHADES` (the most)."""
    if not count:
        return 0
    return 1 + (count - least) * (SHADES - 1) // (most - least) if most > least else SHADES


def _reading(code: str) -> tuple[int, int]:
    column, row = PLACES[code]
    return row, column


def _link(code: str, depth: int, said: str, path: str, chosen: bool) -> str:
    words, here = escape(f"{NAMES[code]}: {said}"), ' aria-current="true"' if chosen else ""
    return (
        f'<a class="shade-{depth}" href="{escape(path)}" aria-label="{words}"{here}>'
        f"<title>{words}</title>{_square(code)}</a>"
    )


def _square(code: str) -> str:
    column, row = PLACES[code]
    x, y, side = column * PITCH + 1, row * PITCH + 1, PITCH - 2
    text = f'<text x="{x + side // 2}" y="{y + 15}" text-anchor="middle">{code}</text>'
    return f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="3"/>{text}'

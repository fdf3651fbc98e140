"""Where a statement's money came from as bars: one for each feature and territory, in the colours of those heard (pure).

The picture is narrow enough to stand unscaled on a phone. Its colours are the page's variables, so one SVG serves light
and dark; the page puts the same numbers beside it as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from accord.payouts.sheet import OTHERS, Source

WIDTH, ROW, BAR = 280, 40, 12
#: Bars beyond these are one bar.
MOST_BARS = 8
#: The colour of what no one person is heard in.
NOBODY = "var(--soft)"

Said = Callable[[int], str]


def shown(sources: Sequence[Source]) -> list[Source]:
    """The bars that are drawn: the largest, and all others as one. Its feature is empty."""
    if len(sources) <= MOST_BARS:
        return list(sources)
    rest = sources[MOST_BARS - 1 :]
    total = sum(one.amount_micros for one in rest)
    others = Source(feature="", territory="", amount_micros=total, parts=((OTHERS, total),))
    return [*sources[: MOST_BARS - 1], others]


def widths(one: Source, largest: int, across: float) -> list[tuple[str, float]]:
    """(person, length) of a bar's parts, `largest` being as long as `across`. What was taken back has no length."""
    return [(who, across * amount / largest) for who, amount in one.parts if amount > 0 and largest > 0]


def largest(sources: Sequence[Source]) -> int:
    """What the longest bar stands for: the parts above zero of a source."""
    return max((sum(amount for _, amount in one.parts if amount > 0) for one in sources), default=0)


def bars(
    sources: Sequence[Source],
    colours: Mapping[str, str],
    names: Mapping[str, str],
    label: Callable[[Source], str],
    said: Said,
    path: Callable[[Source], str],
) -> str:
    """The SVG, empty text where nothing came in. Each bar is a link, and says whose part is what."""
    some = shown(sources)
    most = largest(some)
    if not most:
        return ""
    drawn = "".join(_bar(n, one, most, colours, names, label, said, path) for n, one in enumerate(some))
    described = "; ".join(f"{label(one)} {said(one.amount_micros)}" for one in some)
    return (
        f'<svg class="sources" role="group" aria-label="Where the money came from: {escape(described)}"'
        f' viewBox="0 0 {WIDTH} {ROW * len(some)}" width="{WIDTH}" height="{ROW * len(some)}">{drawn}</svg>'
    )


def _bar(
    n: int,
    one: Source,
    most: int,
    colours: Mapping[str, str],
    names: Mapping[str, str],
    label: Callable[[Source], str],
    said: Said,
    path: Callable[[Source], str],
) -> str:
    top, left, parts = n * ROW, 0.0, []
    for who, length in widths(one, most, WIDTH):
        whose = names.get(who, who) if who else "others"
        amount = said(dict(one.parts)[who])
        parts.append(
            f'<rect x="{left:.2f}" y="{top + 20}" width="{max(length, 0.5):.2f}" height="{BAR}"'
            f' style="fill:{colours.get(who, NOBODY)}"><title>{escape(f"{whose}: {amount}")}</title></rect>'
        )
        left += length
    words = (
        f'<text x="0" y="{top + 14}">{escape(label(one))}</text>'
        f'<text x="{WIDTH}" y="{top + 14}" class="amount">{escape(said(one.amount_micros))}</text>'
    )
    spoken = escape(f"{label(one)}: {said(one.amount_micros)}")
    inside = f"{words}{''.join(parts)}"
    return f'<a href="{escape(path(one))}" aria-label="{spoken}">{inside}</a>' if path(one) else f"<g>{inside}</g>"

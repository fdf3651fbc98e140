"""The plain twin of exact lineage: walk the creation moment by moment and share each one."""

from __future__ import annotations

from fractions import Fraction


def shares(spans: list[tuple[str, int, int, int]], end: int) -> dict[str, Fraction]:
    """(asset, from, to, gain) in whole moments → each asset's share of the moments in which anybody is heard."""
    total: dict[str, Fraction] = {}
    heard_moments = 0
    for moment in range(end):
        gains: dict[str, int] = {}
        for asset, begins, ends, gain in spans:
            if begins <= moment < ends and gain:
                gains[asset] = gains.get(asset, 0) + gain
        if not gains:
            continue
        heard_moments += 1
        for asset, gain in gains.items():
            total[asset] = total.get(asset, Fraction(0)) + Fraction(gain, sum(gains.values()))
    return {asset: part / heard_moments for asset, part in total.items()}


def walked(spans: dict[str, list[tuple[str, int, int, int, int]]], node: str, moment: int) -> dict[str, Fraction]:
    """Who is heard in `node` at `moment`, through every mix inside it: (source, from, to, gain, first moment of the source)."""
    if node not in spans:
        return {node: Fraction(1)}
    gains: list[tuple[int, dict[str, Fraction]]] = []
    for source, begins, ends, gain, first in spans[node]:
        if begins <= moment < ends and gain:
            inside = walked(spans, source, moment - begins + first)
            if inside:
                gains.append((gain, inside))
    found: dict[str, Fraction] = {}
    for gain, inside in gains:
        for asset, part in inside.items():
            found[asset] = found.get(asset, Fraction(0)) + part * Fraction(gain, sum(g for g, _ in gains))
    return found


def within(spans: dict[str, list[tuple[str, int, int, int, int]]], node: str, moment: int) -> set[str]:
    """All that is heard in `node` at `moment`: the sources laid in then, and what is heard in those; `spans` as for `walked`."""
    found: set[str] = set()
    for source, begins, ends, gain, first in spans.get(node, ()):
        if begins <= moment < ends and gain:
            inside = within(spans, source, moment - begins + first)
            found |= {source, *inside} if inside or source not in spans else set()
    return found


def handed(
    spans: dict[str, list[tuple[str, int, int, int, int]]], makers: dict[str, str], node: str, moment: int
) -> dict[frozenset[str], Fraction]:
    """Through whose hands what is heard in `node` at `moment` went, and how much of it: `spans` as for `walked`."""
    if node not in spans:
        return {frozenset(): Fraction(1)}
    gains: list[tuple[int, dict[frozenset[str], Fraction]]] = []
    for source, begins, ends, gain, first in spans[node]:
        if begins <= moment < ends and gain:
            inside = handed(spans, makers, source, moment - begins + first)
            if inside:
                gains.append((gain, inside))
    found: dict[frozenset[str], Fraction] = {}
    for gain, inside in gains:
        for hands, part in inside.items():
            both = hands | {makers[node]}
            found[both] = found.get(both, Fraction(0)) + part * Fraction(gain, sum(g for g, _ in gains))
    return found


def made(
    spans: dict[str, list[tuple[str, int, int, int, int]]], makers: dict[str, str], node: str, end: int
) -> dict[str, Fraction]:
    """Who made `node`: each heard moment in equal parts to those through whose hands it went."""
    heard = [at for moment in range(end) if (at := handed(spans, makers, node, moment))]
    found: dict[str, Fraction] = {}
    for at in heard:
        for hands, part in at.items():
            for one in hands:
                found[one] = found.get(one, Fraction(0)) + part / len(hands) / len(heard)
    return found or {makers[node]: Fraction(1)}


def ways(
    spans: dict[str, list[tuple[str, int, int, int, int]]], makers: dict[str, str], node: str, moment: int
) -> dict[tuple[str, frozenset[str]], Fraction]:
    """What is heard in `node` at `moment` at the roots and through whose hands it came, and how much of it: as for `handed`."""
    if node not in spans:
        return {(node, frozenset()): Fraction(1)}
    gains: list[tuple[int, dict[tuple[str, frozenset[str]], Fraction]]] = []
    for source, begins, ends, gain, first in spans[node]:
        if begins <= moment < ends and gain and (inside := ways(spans, makers, source, moment - begins + first)):
            gains.append((gain, inside))
    found: dict[tuple[str, frozenset[str]], Fraction] = {}
    for gain, inside in gains:
        for (root, hands), part in inside.items():
            way = (root, hands | {makers[node]})
            found[way] = found.get(way, Fraction(0)) + part * Fraction(gain, sum(g for g, _ in gains))
    return found


def divided(
    spans: dict[str, list[tuple[str, int, int, int, int]]],
    makers: dict[str, str],
    node: str,
    end: int,
    written: dict[str, tuple[Fraction, str, dict[str, Fraction]]],
    split: tuple[int, int, int],
) -> dict[tuple[str, str], Fraction]:
    """Who has what of `node`, by (kind, subject): each heard moment goes to what is heard in it, and each such part as the split
    (sources, model, co-creators) says. Of a piece that is `written`: how much of it its author brought, who that is, and what
    its model learned from, by weight.
    """
    heard = [at for moment in range(end) if (at := ways(spans, makers, node, moment))]
    found: dict[tuple[str, str], Fraction] = {}

    def give(kind: str, subject: str, part: Fraction) -> None:
        found[kind, subject] = found.get((kind, subject), Fraction(0)) + part

    for at in heard:
        for (root, hands), part in at.items():
            piece = part / len(heard)
            sources, model, makers_ppm = split if root in written else (split[0], 0, split[2])
            whole = sources + model + makers_ppm
            own, author, learned = written.get(root, (Fraction(0), "", {root: Fraction(1)}))
            give("cocreator", author, piece * own * Fraction(sources + model, whole))
            give("model", root, piece * (1 - own) * Fraction(model, whole))
            for asset, weight in learned.items():
                give("source", asset, piece * (1 - own) * weight * Fraction(sources, whole))
            for hand in hands:
                give("cocreator", hand, piece * Fraction(makers_ppm, whole) / len(hands))
    return {who: part for who, part in found.items() if part}

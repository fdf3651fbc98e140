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

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

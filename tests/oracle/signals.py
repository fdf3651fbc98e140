"""What stands out in usage, in plain loops: the same three rules as `metering/*.sql`, slowly."""

from __future__ import annotations

from collections import Counter
from typing import Any

Found = set[tuple[str, str, str, int, int, int]]  # rule, creation, territory, plays, odd plays, listeners


def found(heard: list[dict[str, Any]], limits: dict[str, int]) -> Found:
    """`heard`: the listens of the period, each with creation, territory, user, seconds and at."""
    return by_few(heard, limits) | impossible_days(heard, limits) | farms(heard, limits)


def by_few(heard: list[dict[str, Any]], limits: dict[str, int]) -> Found:
    """The share of the listeners with the most plays."""
    made = set()
    for creation in {one["creation"] for one in heard}:
        plays = [one for one in heard if one["creation"] == creation]
        counts = Counter(one["user"] for one in plays if one["user"])
        few = [count for _, count in counts.most_common(limits["few"])]
        if few and _stands_out(len(plays), sum(few), limits, "few_ppm"):
            made.add(("plays_by_few", creation, "", len(plays), sum(few), len(few)))
    return made


def impossible_days(heard: list[dict[str, Any]], limits: dict[str, int]) -> Found:
    """Plays on days of a listener that hold more than a day can."""
    days: dict[tuple[str, str], list[int]] = {}
    for one in heard:
        if one["user"]:
            days.setdefault((one["user"], str(one["at"].date())), []).append(one["seconds"] or 0)
    bad = {day for day, s in days.items() if sum(s) > limits["day_seconds"] or len(s) > limits["day_plays"]}
    made = set()
    for creation in {one["creation"] for one in heard}:
        plays = [one for one in heard if one["creation"] == creation]
        odd = [one for one in plays if (one["user"], str(one["at"].date())) in bad]
        if odd and _stands_out(len(plays), len(odd), limits, "impossible_ppm"):
            listeners = len({one["user"] for one in odd})
            made.add(("impossible_days", creation, "", len(plays), len(odd), listeners))
    return made


def farms(heard: list[dict[str, Any]], limits: dict[str, int]) -> Found:
    """Crowds in a territory that hear one creation and little else."""
    totals = Counter(one["user"] for one in heard if one["user"])
    pairs = Counter((one["user"], one["creation"]) for one in heard if one["user"])
    devoted = {
        pair
        for pair, plays in pairs.items()
        if totals[pair[0]] >= limits["devoted_plays"] and plays * 1_000_000 >= totals[pair[0]] * limits["devoted_ppm"]
    }
    made = set()
    for creation, territory in {(one["creation"], one["territory"]) for one in heard}:
        plays = [one for one in heard if (one["creation"], one["territory"]) == (creation, territory)]
        odd = [one for one in plays if (one["user"], creation) in devoted]
        listeners = len({one["user"] for one in odd})
        if odd and listeners >= limits["farm_listeners"] and _stands_out(len(plays), len(odd), limits, "farm_ppm"):
            made.add(("farms", creation, territory, len(plays), len(odd), listeners))
    return made


def _stands_out(plays: int, odd: int, limits: dict[str, int], share: str) -> bool:
    return plays >= limits["least_plays"] and odd * 1_000_000 >= plays * limits[share]

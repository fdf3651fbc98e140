"""Rows about people: who was asked, who said yes when, who left. Only a person's own yes, or a mandate's, is theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from accord.insights import opt_in_rate, participation, retention
from accord.participation import queries
from accord.participation.records import Asking, Choice
from accord.terms.instant import Instant

LEAST_GRADE = 3
Pair = tuple[str, str]  # person, feature


def asked(at: Instant) -> list[opt_in_rate.Row]:
    """Everybody asked by ``at``, by feature, with the first yes from then on."""
    first: dict[Pair, Instant] = {}
    for asking in _askings(at):
        pair = (asking.person, asking.feature)
        first[pair] = min(first.get(pair, asking.at), asking.at)
    said = _yeses(at)
    rows = []
    for (person, feature), since in first.items():
        after = [choice.at for choice in said.get((person, feature), ()) if choice.at >= since]
        yes_at = min(after) if after else None
        rows.append(opt_in_rate.Row(person=person, feature=feature, asked_at=since, yes_at=yes_at))
    return rows


def taking_part(at: Instant) -> list[participation.Row]:
    """Everybody asked or with a yes, by feature, and whether a yes stands at ``at``."""
    invited = {(asking.person, asking.feature) for asking in _askings(at)}
    said, said_no = _yeses(at), _noes(at)
    rows = []
    for pair in sorted(invited | set(said)):
        noes = [no for no in said_no.get(pair, ()) if no.closed_at is None]
        standing = any(_end(choice, noes) is None for choice in said.get(pair, ()))
        rows.append(participation.Row(person=pair[0], feature=pair[1], asked=pair in invited, standing=standing))
    return rows


def staying(at: Instant) -> list[retention.Row]:
    """Each person's first yes to each feature, and the first instant after it, up to ``at``, at which none stood."""
    rows = []
    for (person, feature), spans in sorted(_spans(at).items()):
        left = first_gap(spans)
        rows.append(
            retention.Row(person=person, feature=feature, yes_at=min(start for start, _ in spans), left_at=left)
        )
    return rows


def first_gap(spans: Iterable[tuple[Instant, Instant | None]]) -> Instant | None:
    """When half-open spans first leave off without another going on; None when the last has no end."""
    reached: Instant | None = None
    for start, end in sorted(spans, key=lambda span: span[0]):
        if reached is not None and start > reached:
            return reached
        if end is None:
            return None
        reached = end if reached is None else max(reached, end)
    return reached


def participants(at: Instant, within: tuple[Instant, Instant] | None) -> set[str]:
    """Everybody with a yes of their own that stood at some instant of a half-open stretch of time; nobody in none."""
    if within is None:
        return set()
    start, end = within
    return {
        person
        for (person, _), spans in _spans(at).items()
        if any(begun < end and (left is None or left > start) for begun, left in spans)
    }


def _spans(at: Instant) -> dict[Pair, list[tuple[Instant, Instant | None]]]:
    """From when to when each yes stood; no end: it stands at ``at``."""
    said_no = _noes(at)
    return {
        pair: [(choice.at, _end(choice, said_no.get(pair, ()))) for choice in said] for pair, said in _yeses(at).items()
    }


def _askings(at: Instant) -> list[Asking]:
    return [asking for asking in queries.asked() if asking.at <= at]


def _end(choice: Choice, noes: Iterable[Choice]) -> Instant | None:
    """When a yes stopped counting: closed, or beaten by a no to everything it said yes to."""
    ends = [choice.closed_at] if choice.closed_at is not None else []
    for no in noes:
        whole = no.asset is None or no.asset == choice.asset
        over = no.closed_at is not None and no.closed_at <= choice.at  # it was taken off before, or by, this yes
        if no.use == choice.use and whole and not over and not choice.territories - no.territories:
            ends.append(max(no.at, choice.at))
    return min(ends) if ends else None


def _yeses(at: Instant) -> dict[Pair, list[Choice]]:
    return _history("yes", LEAST_GRADE, at)


def _noes(at: Instant) -> dict[Pair, list[Choice]]:
    return _history("no", 0, at)


def _history(answer: str, least: int, at: Instant) -> dict[Pair, list[Choice]]:
    """Choices made by ``at``, as they stood then: what was closed later is open."""
    found: defaultdict[Pair, list[Choice]] = defaultdict(list)
    for choice in queries.history():
        if choice.answer == answer and choice.grade >= least and choice.at <= at:
            open_then = choice.closed_at is not None and choice.closed_at > at
            then = msgspec.structs.replace(choice, closed_at=None) if open_then else choice
            found[choice.person, choice.feature].append(then)
    return dict(found)

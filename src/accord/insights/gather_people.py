"""Rows about people: who was asked, who said yes when, who left. Only a person's own yes, or a mandate's, is theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from accord.insights import opt_in_rate, participation, retention
from accord.participation import queries
from accord.participation.records import Choice
from accord.terms.instant import Instant

LEAST_GRADE = 3
Pair = tuple[str, str]  # person, feature


def asked() -> list[opt_in_rate.Row]:
    """Everybody asked, by feature, with the first yes from then on."""
    first: dict[Pair, Instant] = {}
    for asking in queries.asked():
        pair = (asking.person, asking.feature)
        first[pair] = min(first.get(pair, asking.at), asking.at)
    said = _yeses()
    rows = []
    for (person, feature), at in first.items():
        after = [choice.at for choice in said.get((person, feature), ()) if choice.at >= at]
        rows.append(opt_in_rate.Row(person=person, feature=feature, asked_at=at, yes_at=min(after) if after else None))
    return rows


def taking_part(at: Instant) -> list[participation.Row]:
    """Everybody asked or with a yes, by feature, and whether a yes stands at ``at``."""
    invited = {(asking.person, asking.feature) for asking in queries.asked() if asking.at <= at}
    said, said_no = _yeses(), _noes()
    rows = []
    for pair in sorted(invited | set(said)):
        standing = any(_stands(choice, said_no.get(pair, ()), at) for choice in said.get(pair, ()))
        rows.append(participation.Row(person=pair[0], feature=pair[1], asked=pair in invited, standing=standing))
    return rows


def staying() -> list[retention.Row]:
    """Each person's first yes to each feature, and the first instant after it at which none stood."""
    said_no = _noes()
    rows = []
    for (person, feature), said in sorted(_yeses().items()):
        spans = [(choice.at, _end(choice, said_no.get((person, feature), ()))) for choice in said]
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


def participants() -> set[str]:
    """Everybody who ever had a yes of their own."""
    return {person for person, _ in _yeses()}


def _end(choice: Choice, noes: Iterable[Choice]) -> Instant | None:
    """When a yes stopped counting: closed, or beaten by a no to everything it said yes to."""
    ends = [choice.closed_at] if choice.closed_at is not None else []
    for no in noes:
        whole = no.asset is None or no.asset == choice.asset
        if no.use == choice.use and whole and not choice.territories - no.territories:
            ends.append(max(no.at, choice.at))
    return min(ends) if ends else None


def _stands(choice: Choice, noes: Iterable[Choice], at: Instant) -> bool:
    if choice.at > at:
        return False
    end = _end(choice, [no for no in noes if no.at <= at and (no.closed_at is None or no.closed_at > at)])
    return end is None or end > at


def _yeses() -> dict[Pair, list[Choice]]:
    return _history("yes", LEAST_GRADE)


def _noes() -> dict[Pair, list[Choice]]:
    return _history("no", 0)


def _history(answer: str, least: int) -> dict[Pair, list[Choice]]:
    found: defaultdict[Pair, list[Choice]] = defaultdict(list)
    for choice in queries.history():
        if choice.answer == answer and choice.grade >= least:
            found[choice.person, choice.feature].append(choice)
    return dict(found)

"""What may be asked of participation. What rooms decide on takes no viewer; what is shown to somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from accord.governance import queries as governance
from accord.participation.models import AskingRow, ChoiceRow, WithdrawalRow
from accord.participation.records import Asking, Cell, Choice, Withdrawal
from accord.parties.viewer import Role, Viewer
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use

CHUNK = 5000
#: Who at the platform sees people's choices: those who license, launch and answer for them.
DESK = (Role.LICENSING, Role.LEGAL, Role.PRODUCT)


def choices(
    people: Iterable[str] | None = None,
    known: int | None = None,
    feature: str | None = None,
    use: Use | None = None,
) -> list[Choice]:
    """The choices that stand, now or as known at a journal position, in the order they were made."""
    rows = ChoiceRow.objects.order_by("known_from", "id")
    if known is None:
        rows = rows.filter(known_until=None)
    else:
        rows = rows.filter(known_from__lte=known).filter(Q(known_until=None) | Q(known_until__gt=known))
    if feature is not None:
        rows = rows.filter(feature=feature)
    if use is not None:
        rows = rows.filter(use=use)
    return [_choice(row) for row in _of(rows, people)]


def changed_since(position: int) -> set[str]:
    """The people whose choices were made or ended after a journal position."""
    later = Q(known_from__gt=position) | Q(known_until__gt=position)
    return set(ChoiceRow.objects.filter(later).values_list("person", flat=True))


def changed_between(since: int, until: int, feature: str, use: Use) -> list[Choice]:
    """The choices about a use in a feature that were made or ended after one journal position and up to another."""
    rows = ChoiceRow.objects.filter(_between(since, until), feature=feature, use=use)
    return [_choice(row) for row in rows.order_by("known_from", "id")]


def begins_between(since: Instant, until: Instant, known: int, feature: str, use: Use) -> list[Choice]:
    """The yeses about it, standing as known at a position, that began to count after one instant and by another."""
    rows = ChoiceRow.objects.filter(at__gt=since, at__lte=until, feature=feature, use=use, answer="yes")
    rows = rows.filter(known_from__lte=known).filter(Q(known_until=None) | Q(known_until__gt=known))
    return [_choice(row) for row in rows.order_by("known_from", "id")]


def _between(since: int, until: int) -> Q:
    return Q(known_from__gt=since, known_from__lte=until) | Q(known_until__gt=since, known_until__lte=until)


def history(people: Iterable[str] | None = None) -> list[Choice]:
    """Every choice ever made, closed ones included, in order."""
    return [_choice(row) for row in _of(ChoiceRow.objects.order_by("known_from", "id"), people)]


def choice(choice_id: str) -> Choice:
    """One choice, standing or closed. Raises: NotThere."""
    row = ChoiceRow.objects.filter(id=choice_id).first()
    if row is None:
        raise NotThere(f"there is no choice `{choice_id}`")
    return _choice(row)


def asked(people: Iterable[str] | None = None) -> list[Asking]:
    """Who was asked about what, and when first."""
    return [
        Asking(person=row.person, feature=row.feature, use=Use(row.use), at=row.at, known_from=row.known_from)
        for row in _of(AskingRow.objects.order_by("known_from", "key"), people)
    ]


def withdrawals(since: int = 0, feature: str | None = None) -> list[Withdrawal]:
    """Every yes taken back after a journal position, in order: what models, features and pages follow."""
    rows = WithdrawalRow.objects.filter(position__gt=since).order_by("position")
    if feature is not None:
        rows = rows.filter(feature=feature)
    return [
        Withdrawal(
            choice=row.choice,
            person=row.person,
            use=Use(row.use),
            feature=row.feature,
            territories=TerritorySet.parse(row.territories),
            asset=row.asset,
            closes=tuple(row.closes),
            at=row.at,
            position=row.position,
        )
        for row in rows
    ]


def standing(viewer: Viewer, person: str) -> list[Choice]:
    """A person's standing choices, for the person, whoever acts for it, and the platform's desk. Raises: NotThere."""
    _check(viewer, person)
    return choices([person])


def grid(viewer: Viewer, person: str) -> list[Cell]:
    """Features × uses with what the person said to each; features not yet open are left out. Raises: NotThere."""
    _check(viewer, person)
    mine, was_asked = choices([person]), {(a.feature, a.use) for a in asked([person])}
    cells = []
    for feature in governance.features().values():
        if feature.state == "proposed":
            continue
        for use in sorted(feature.uses):
            here = [c for c in mine if c.feature == feature.id and c.use == use]
            cells.append(
                Cell(
                    feature=feature.id,
                    use=use,
                    asked=(feature.id, use) in was_asked,
                    yes=_union(c for c in here if c.asset is None and c.answer == "yes"),
                    no=_union(c for c in here if c.asset is None and c.answer == "no"),
                    single=tuple(c for c in here if c.asset is not None),
                )
            )
    return cells


def _check(viewer: Viewer, person: str) -> None:
    if not (viewer.acts_for(person) or viewer.has(*DESK)):
        raise NotThere(f"there is no person `{person}`")


def _union(found: Iterable[Choice]) -> TerritorySet:
    whole = EMPTY
    for one in found:
        whole |= one.territories
    return whole


def _of(rows: QuerySet[Any], people: Iterable[str] | None) -> Iterator[Any]:
    if people is None:
        yield from rows.iterator(chunk_size=CHUNK)
        return
    wanted = sorted(set(people))
    for start in range(0, len(wanted), CHUNK):
        yield from rows.filter(person__in=wanted[start : start + CHUNK])


def _choice(row: ChoiceRow) -> Choice:
    return Choice(
        id=row.id,
        person=row.person,
        spoken_by=row.spoken_by,
        use=Use(row.use),
        feature=row.feature,
        territories=TerritorySet.parse(row.territories),
        asset=row.asset,
        answer=row.answer,
        source=row.source,
        grade=row.grade,
        mandate=row.mandate,
        at=row.at,
        withdrew=row.withdrew,
        unproven=row.unproven,
        closed_at=row.closed_at,
        known_from=row.known_from,
        known_until=row.known_until,
    )

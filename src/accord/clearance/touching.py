"""What may have changed a question's answers between two journal positions and two instants: every cause, and what it is
about (shell).

A fact is about single assets, about whatever a party is concerned with, or about everything; a day that came is too. What
it is about is told wide rather than narrow: the answers themselves say afterwards what changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from accord.catalog import queries as catalog
from accord.clearance import loading
from accord.clearance.agreements import LICENSED_THROUGH
from accord.clearance.horizon import FIRST, LAST, next_turn
from accord.clearance.records import Cause, ClearanceState
from accord.deals import queries as deals
from accord.deals.records import Grant
from accord.governance import queries as governance
from accord.governance.records import FeatureState
from accord.participation import queries as participation
from accord.participation.records import Choice
from accord.parties import queries as parties
from accord.parties.records import Mandate, Membership, MembershipKind
from accord.terms import instant
from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.use import Use

Causes = defaultdict[str, set[Cause]]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A question, and the stretch of journal and of time it is asked over; both are half-open at their beginning."""

    use: Use
    feature: str
    since: int
    since_at: Instant
    until: int
    until_at: Instant

    def days(self) -> tuple[date, date]:
        """The first and the last day that may begin somewhere on Earth in this stretch of time."""
        return (self.since_at - LAST).date(), (self.until_at - FIRST).date() + timedelta(days=1)

    def comes(self, day: date | None) -> bool:
        """Whether a day begins, or goes on beginning, in this stretch of time."""
        turn = None if day is None else next_turn(self.since_at, [day])
        return turn is not None and turn <= self.until_at

    def within(self, position: int | None) -> bool:
        """Whether a position lies in this stretch of the journal."""
        return position is not None and self.since < position <= self.until


class Touched:
    """Cause by cause, what it is about: `assets` and what is made of them, `parties` and what concerns them, or all."""

    def __init__(self) -> None:
        self.assets: Causes = defaultdict(set)
        self.parties: Causes = defaultdict(set)
        self.everything: set[Cause] = set()


def touched(span: Span) -> Touched:
    """Everything that may have changed an answer in a span."""
    found = Touched()
    listed = deals.listed_between(span.since, span.until)
    changed = catalog.changed_between(span.since, span.until)
    for asset, position in (*changed, *listed, *loading.held_between(span.since, span.until)):
        found.assets[asset].add(Cause(position))
    for claim in catalog.claim_days_between(*span.days(), span.until):
        found.assets[claim.asset] |= set(_days(span, claim.period, claim.id))
    _choices(span, found)
    _grants(span, found, {asset for asset, _ in listed})
    _feature(span, found)
    _joined_and_mandated(span, found)
    for about in (found.assets, found.parties):  # days near by that do not come in this span are about nothing
        for key in [key for key, causes in about.items() if not causes]:
            del about[key]
    return found


def _choices(span: Span, found: Touched) -> None:
    said = participation.changed_between(span.since, span.until, span.feature, span.use)
    for choice in said:
        causes = {Cause(p) for p in (choice.known_from, choice.known_until) if p is not None and span.within(p)}
        _said(choice, found).update(causes)
    replaced = {choice.known_until for choice in said}
    for choice in participation.begins_between(span.since_at, span.until_at, span.until, span.feature, span.use):
        # a yes dated later than it was given first ends the one it replaces, and begins on its own day
        if not span.within(choice.known_from) or choice.known_from in replaced:
            _said(choice, found).add(Cause(day=instant.text(choice.at), of=choice.id))


def _said(choice: Choice, found: Touched) -> set[Cause]:
    return found.parties[choice.person] if choice.asset is None else found.assets[choice.asset]


def _grants(span: Span, found: Touched, listed: set[str]) -> None:
    steps, dated = defaultdict(set), set()
    for deal, position, at in deals.states_between(span.since, span.until):
        steps[deal].add(Cause(position))
        dated.add((deal, at))
    for grant in deals.grants(span.until):
        if span.use in grant.uses and span.feature in grant.features:
            came = (at for at, _ in grant.states if _passed(span, at) and (grant.deal, at) not in dated)
            causes = {step for step in steps[grant.deal] if step.position >= grant.known_from}
            causes |= {Cause(day=instant.text(at), of=grant.deal) for at in came}
            if causes := causes | set(_days(span, grant.period, grant.deal)):
                _granted(grant, causes, found, listed)


def _passed(span: Span, at: Instant) -> bool:
    return span.since_at < at <= span.until_at


def _granted(grant: Grant, causes: set[Cause], found: Touched, listed: set[str]) -> None:
    """What a clause may reach, or reached: what it selects by name (of a sub-catalogue, also what was `listed` anew), or
    whatever its licensor and its members have."""
    match grant.selection.kind:
        case "list":
            reached, where = set(grant.selection.ids), found.assets
        case "sub-catalogue":
            inside = (assets for part, assets in grant.sub_catalogues if part in grant.selection.ids)
            reached, where = listed.union(*inside), found.assets
        case "label":
            reached, where = set(grant.selection.ids), found.parties
        case _:
            reached, where = {grant.licensor}, found.parties
    for one in reached:
        where[one] |= causes


def _feature(span: Span, found: Touched) -> None:
    """Going live and being taken off; other steps of a feature change no answer."""
    live = False
    for position, at, state in governance.steps(span.feature):
        was, live = live, state is FeatureState.LIVE
        if was == live or position > span.until:
            continue
        if span.within(position):
            found.everything.add(Cause(position))
        elif _passed(span, at):
            found.everything.add(Cause(day=instant.text(at), of=span.feature))


def _joined_and_mandated(span: Span, found: Touched) -> None:
    for one in parties.changed_between(span.since, span.until):
        causes = {Cause(p) for p in (one.known_from, one.known_until) if p is not None and span.within(p)}
        found.parties[_whose(one)] |= causes
    for one in parties.days_between(*span.days(), span.until):
        found.parties[_whose(one)] |= set(_days(span, one.period, one.id))


def _whose(one: Mandate | Membership) -> str:
    """Whose word it changes: a member's that joins others to be licensed, a group's that somebody joins."""
    if isinstance(one, Mandate):
        return one.person
    return one.collective if one.kind is MembershipKind.GROUP else one.member


def _days(span: Span, period: DayPeriod, of: str) -> Iterator[Cause]:
    for day in (period.start, period.end):
        if day is not None and span.comes(day):
            yield Cause(day=day.isoformat(), of=of)


def heard(spoke: Causes, since: int, until: int) -> Causes:
    """Party → the causes in its own words and in those that count for it: of the members of a group, and of whoever it, or
    its group, is licensed through."""
    found: Causes = defaultdict(set, {party: set(causes) for party, causes in spoke.items()})
    for one in parties.joined(spoke, since, until):
        if one.kind is MembershipKind.GROUP and one.member in spoke:
            found[one.collective] |= spoke[one.member]
    through = {party: set(causes) for party, causes in found.items()}
    for one in parties.joined(through, since, until):
        if one.kind in LICENSED_THROUGH and one.collective in through:
            found[one.member] |= through[one.collective]
    return found


def below(assets: Iterable[str]) -> set[str]:
    """These assets and everything made of them, as they are made now."""
    found = set(assets)
    todo = list(found)
    while todo:
        todo = [child for some in catalog.children(todo).values() for child in some if child not in found]
        found.update(todo)
    return found


def causes_of(asset: str, state: ClearanceState, found: Touched, word: Causes) -> set[Cause]:
    """The causes that concern an asset as a state has it: its own, those of whatever it is made of, and those of everybody
    credited on it, claiming it, or whose label it is."""
    causes, todo, seen = set(found.everything), [asset], {asset}
    while todo:
        part = todo.pop()
        causes |= found.assets.get(part, set())
        if (record := state.assets.get(part)) is None:
            continue
        concerned = {credit.party for credit in record.credits} | {
            claim.claimant for claim in state.claims.get(part, ())
        }
        for party in concerned | {record.label or ""}:
            causes |= word.get(party, set())
        todo += [parent for parent in record.parents if parent not in seen]
        seen.update(record.parents)
    return causes

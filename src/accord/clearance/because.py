"""What is missing, in sentences: the because of every no (pure; law 8).

Sentences name parties and assets by id; names are bound when they are shown. Territories are named where the feature
is offered; `everywhere` means everywhere it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import msgspec

from accord.clearance.agreements import LICENSED_THROUGH, NEEDS_OPT_IN
from accord.clearance.needs import NEEDS, ROLE_WORDS
from accord.clearance.records import Shortfall
from accord.clearance.requirements import Requirement, Requirements
from accord.clearance.shares import WHOLE, Region
from accord.participation.records import GRADE_WORDS, Source
from accord.participation.rules import OF_THE_PERSON
from accord.terms.right import WORDS, Right
from accord.terms.territory import TerritorySet

Key = tuple[Fraction, tuple[str, ...]]


def shortfalls(requirements: Requirements, missing: Iterable[Requirement], offered: int) -> tuple[Shortfall, ...]:
    """The shortfalls of the requirements that are not met somewhere in `offered`: what one sentence says of several
    assets is said once, wherever it holds of any."""
    say = _Sayer(requirements, offered)
    found: dict[tuple[str, str], Shortfall] = {}
    for requirement in missing:
        for short in say.of(requirement):
            key = (short.code, short.because)
            before = found.setdefault(key, short)
            found[key] = msgspec.structs.replace(before, territories=before.territories | short.territories)
    return tuple(found.values())


def percent(share: Fraction) -> str:
    """`12.5 %`; a share that has no short decimal form stays a fraction (`1/3`)."""
    whole = share * 100
    if 10_000 % whole.denominator:
        return f"{share.numerator}/{share.denominator}"
    return f"{float(whole):.4f}".rstrip("0").rstrip(".") + " %"


class _Sayer:
    """Turns requirements into shortfalls for one question."""

    def __init__(self, requirements: Requirements, offered: int) -> None:
        self.requirements, self.offered = requirements, offered
        self.state, self.question = requirements.state, requirements.question
        self.agreements = requirements.agreements

    def of(self, missing: Requirement) -> Iterator[Shortfall]:
        gap = missing.gap & self.offered
        match missing.code:
            case "clearance.no-claim":
                yield from self._no_claim(missing, gap)
            case "clearance.over-claimed" | "clearance.public-domain-claimed":
                yield from self._claimed_twice(missing, gap)
            case "clearance.no-deal":
                yield from self._no_deal(missing, gap)
            case "clearance.refused":
                yield from self._refused(missing, gap)
            case "clearance.no-yes":
                yield self._short(missing, gap, self._no_yes(missing, gap), could_grant=missing.party)
            case _:
                yield self._short(missing, gap, self._plain(missing))

    def _short(
        self,
        missing: Requirement,
        gap: int,
        because: str,
        could_grant: str | None = None,
        share: Fraction | None = None,
    ) -> Shortfall:
        return Shortfall(
            code=missing.code,
            because=because,
            territories=TerritorySet(gap),
            subject=missing.subject,
            right=missing.right,
            party=missing.party,
            role=missing.role,
            share=share,
            could_grant=could_grant,
        )

    def _plain(self, missing: Requirement) -> str:
        subject, use = missing.subject, self.question.use.value
        held = missing.hold
        return {
            "clearance.held": lambda: (
                f"{subject} is held: {held.reason if held else ''}"
                + (f" (case {held.case})" if held and held.case else "")
            ),
            "clearance.intake-hold": lambda: f"{subject} is held at intake: {missing.text}",
            "clearance.non-commercial": lambda: (
                f"{subject} is for non-commercial use; {self.question.feature} is commercial"
            ),
            "clearance.not-live": lambda: f"{subject} is not live: it stands at {missing.text}",
            "clearance.not-its-use": lambda: f"{use} is not a use of {subject}",
            "clearance.no-work": lambda: f"{subject} embodies no work that is known",
            "clearance.no-recording": lambda: f"{subject} is a stem of no recording that is known",
            "clearance.unknown-parent": lambda: f"{subject} is made of something that is not in the catalogue",
            "clearance.cyclic-parents": lambda: f"{subject} is made of itself: its parents form a circle",
            "clearance.not-of-this-kind": lambda: f"{subject} is a {missing.text}; {use} is a use of recordings",
            "clearance.nobody-known": lambda: f"no {ROLE_WORDS[missing.role or '']} of {subject} is known",
        }[missing.code]()

    def _asked(self) -> str:
        return f"{self.question.use.value} in {self.question.feature}"

    def _place(self, gap: int) -> str:
        """` in JP`, ` everywhere`, ` everywhere but JP`, seen from where the feature is offered."""
        if gap == self.offered:
            return " everywhere"
        if (rest := TerritorySet(self.offered & ~gap)) and len(rest) * 2 < len(TerritorySet(gap)):
            return f" everywhere but {', '.join(rest)}"
        return f" in {', '.join(TerritorySet(gap))}"

    def _thing(self, missing: Requirement) -> str:
        if missing.right is Right.MASTER:
            return f"the master of {missing.subject}"
        if missing.right is not None and len(NEEDS[self.question.use].work_rights) > 1:
            return f"{WORDS[missing.right]} in {missing.subject}"
        return missing.subject

    def _no_claim(self, missing: Requirement, gap: int) -> Iterator[Shortfall]:
        for (share, waiting), where in _grouped(missing.regions, gap, _lacking):
            who = (
                f"claimed by {' and '.join(waiting)} on evidence, not accepted yet" if waiting else "claimed by nobody"
            )
            text = f"{percent(share)} of {self._thing(missing)}{self._place(where)}: {who}"
            yield self._short(missing, where, text, share=share)

    def _claimed_twice(self, missing: Requirement, gap: int) -> Iterator[Shortfall]:
        for (total, who), where in _grouped(missing.regions, gap, _claimed):
            text = f"{self._thing(missing)}{self._place(where)}: "
            if missing.code == "clearance.over-claimed":
                text += f"claims sum to {percent(total)}"
            else:
                text += f"held to be in the public domain, and claimed by {' and '.join(who)}"
            yield self._short(missing, where, text, share=total)

    def _no_deal(self, missing: Requirement, gap: int) -> Iterator[Shortfall]:
        claimant = missing.party or ""

        def share_of(region: Region) -> tuple[Fraction, tuple[str, ...]]:
            return sum((c.share for c in region.accepted if c.claimant == claimant), Fraction(0)), ()

        for (share, _), where in _grouped(missing.regions, gap, share_of):
            for who, reason, there in self._why_no_grant(claimant, missing, where):
                text = (
                    f"{percent(share)} of {self._thing(missing)}{self._place(there)}: claimed by {claimant}, {reason}"
                )
                yield self._short(missing, there, text, could_grant=who, share=share)

    def _why_no_grant(self, claimant: str, missing: Requirement, where: int) -> Iterator[tuple[str, str, int]]:
        """(who could grant it, why there is no grant, where)."""
        asset = self.state.assets[missing.subject]
        if refused := self.agreements.refused(claimant, asset) & where:
            yield claimant, f"who said no to {self._asked()}", refused
            where &= ~refused
        if asset.label and (refused := self.agreements.refused_by_member(asset.label, claimant, asset) & where):
            yield asset.label, f"whose member {asset.label} said no to {self._asked()}", refused
            where &= ~refused
        if where:
            who, reason = self._nearest(claimant, missing, where)
            yield who, reason, where

    def _nearest(self, claimant: str, missing: Requirement, where: int) -> tuple[str, str]:
        """The deal that came nearest to a grant in `where`, named with the one thing it lacks, and who could grant that."""
        asset, agreements = self.state.assets[missing.subject], self.agreements
        assert missing.right is not None
        found = [(-1, claimant, "who has no deal")]
        through = [m.collective for m in self.state.memberships.get(claimant, ()) if m.kind in LICENSED_THROUGH]
        for licensor in dict.fromkeys((claimant, *through)):
            whose = "whose deal" if licensor == claimant else f"member of {licensor}, whose deal"
            joined = licensor == claimant or agreements.member_of(claimant, licensor) & where
            for grant in self.state.grants.get(licensor, ()):
                if self.question.use in grant.uses and self.question.feature in grant.features:
                    passed, reason = agreements.why_not(grant, missing.right, asset, where)
                    # what its licensor claims in its own name waits for the member under whose label it stands
                    member = asset.label if reason == NEEDS_OPT_IN and licensor == claimant else None
                    text = f"{whose} {grant.deal} {reason}" if joined else f"not a member of {licensor} on that day"
                    found.append((passed, member or claimant, text))
        return max(found, key=lambda one: one[0])[1:]

    def _refused(self, missing: Requirement, gap: int) -> Iterator[Shortfall]:
        """Whose no it is: the person's own, or that of a member of the group."""
        person, asset = missing.party or "", self.state.assets[missing.subject]
        for who, where in self.agreements.refusers(person, asset, gap):
            called = who if who == person else f"{who}, of {person},"
            text = f"{called} said no to {self._asked()}{self._place(where)}"
            yield self._short(missing, where, text, could_grant=who)

    def _no_yes(self, missing: Requirement, gap: int) -> str:
        person, use = missing.party or "", self.question.use
        if use in OF_THE_PERSON:
            return f"{use.value} needs {person}'s own yes" + "".join(f"; {no}" for no in self._not_a_yes(missing))
        asset = self.state.assets[missing.subject]
        weak = [c for c in self.agreements.said(person) if c.answer == "yes" and c.territories.bits & gap]
        for choice in weak:
            if choice.grade < self.agreements.least_grade:
                least, had = GRADE_WORDS[self.agreements.least_grade], GRADE_WORDS.get(choice.grade, "nobody's word")
                return f"the yes of {person} to {self._asked()} comes from {had}; it needs {least}"
            if choice.source == Source.REPRESENTATIVE and not self.agreements.carries(choice, asset) & gap:
                return f"the yes of {person} to {self._asked()} rests on {choice.mandate}, which no longer carries it"
            if choice.source == Source.LABEL_CLAUSE and not self.agreements.carries(choice, asset) & gap:
                return (
                    f"the yes of {person} to {self._asked()} rests on {choice.spoken_by}'s clause {choice.mandate},"
                    f" which does not carry it to {missing.subject}"
                )
        role = ROLE_WORDS[missing.role or ""]
        return f"{person}, {role} of {missing.subject}, has not said yes to {self._asked()}{self._place(gap)}"

    def _not_a_yes(self, missing: Requirement) -> Iterator[str]:
        """What stands there and is not the person's own yes: a label's clause, a mandate that is silent on it or over."""
        use = self.question.use
        for claim in self.state.claims.get(missing.subject, ()):
            for grant in self.state.grants.get(claim.claimant, ()):
                if use in grant.uses and self.question.feature in grant.features:
                    yield f"{claim.claimant}'s clause {grant.clause} is not one"
        for mandate in self.state.mandates.get(missing.party or "", ()):
            if use not in mandate.uses:
                yield f"{mandate.representative}'s mandate {mandate.id} does not name {use.value}"
            elif not mandate.period.territories_at(self.question.at, TerritorySet(missing.gap & self.offered)):
                yield f"{mandate.representative}'s mandate {mandate.id} is not in force"


def _lacking(region: Region) -> tuple[Fraction, tuple[str, ...]]:
    return WHOLE - region.total, tuple(sorted({claim.claimant for claim in region.evidenced}))


def _claimed(region: Region) -> tuple[Fraction, tuple[str, ...]]:
    both = (*region.accepted, *region.evidenced)
    return region.claimed, tuple(sorted({claim.claimant for claim in both}))


def _grouped(found: Iterable[Region], gap: int, key: Callable[[Region], Key]) -> Iterable[tuple[Key, int]]:
    """Regions that say the same thing, as one: (what they say, where)."""
    groups: dict[Key, int] = {}
    for region in found:
        if where := region.bits & gap:
            groups[key(region)] = groups.get(key(region), 0) | where
    return groups.items()

"""The door every prompt goes through: refuse what asks for somebody who has not agreed, keep a hash, and the text
encrypted for as long as an appeal is possible."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.integrity import facts, rules
from accord.integrity.boundaries import Trespass, asked_for, trespasses
from accord.integrity.lookalikes import skeleton
from accord.integrity.models import CaseRow, PromptRow
from accord.integrity.records import CaseState
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.parties.records import PartyKind
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused
from accord.terms.use import Use
from accord.vault import private

NAMEABLE = (PartyKind.PERSON, PartyKind.GROUP)


def keyed_hash(text: str) -> str:
    """The hash under this instance's key by which the same prompt is recognised, and nothing else can be."""
    return "hmac-sha256:" + salted_hmac("accord.integrity.prompt", text.strip(), algorithm="sha256").hexdigest()


def check_prompt(text: str, feature: str, maker: str, at: Instant, actor: str) -> str:
    """Let a prompt through and return its keyed hash, or raise Refused naming who would have to agree, to what.

    The refusal is kept as a fact in a transaction of its own: call this before opening another, or it is undone with it.
    """
    mark = keyed_hash(text)
    hits = _trespasses(text, feature, at)
    if not hits or PromptRow.objects.filter(keyed_hash=mark, feature=feature, allowed=True).exists():
        return mark
    hit = hits[0]
    code = f"integrity.no-{hit.use}"
    keep_until = at + rules.APPEAL_WITHIN
    with writing(actor=actor, at=at) as journal:
        refusal = journal.mint("prf")
        kept = private.put(refusal, "prompt", {"text": text, "maker": maker})
        journal.append(
            facts.PromptRefused(
                refusal=refusal,
                feature=feature,
                maker=maker,
                keyed_hash=mark,
                text=kept,
                person=hit.party,
                use=hit.use,
                code=code,
                keep_until=keep_until,
            )
        )
    name = parties.names([hit.party])[hit.party]
    raise Refused(
        Refusal(
            code=code,
            because=f"`{name}` has not agreed to {hit.use} in `{feature}`",
            hint=f"only {name} could change that, by a yes to {hit.use} in {feature}; or leave the name out, or appeal "
            f"`{refusal}`",
            subject=refusal,
            details=tuple(f"`{_name(h)}` has not agreed either" for h in hits[1:]),
        )
    )


def _trespasses(text: str, feature: str, at: Instant) -> list[Trespass]:
    """Who is asked for and has not agreed to it everywhere the feature is offered, with the grade that needs (law 3)."""
    names = _names()
    hits = asked_for(text, names)
    if not hits:
        return []
    words = {hit.words for hit in hits}
    bearers = {party for party, known in names.items() if words & {skeleton(name) for name in known}}
    about = governance.feature(feature)
    agreed = {
        party: frozenset(
            use
            for use in (Use.STYLE, Use.VOICE)
            if use in about.uses and not about.territories - clearance.consent(party, use, feature, at)
        )
        for party in bearers | {hit.party for hit in hits}
    }
    return trespasses(text, names, agreed)


def _names() -> dict[str, tuple[str, ...]]:
    """Every person and group with the names it goes by."""
    ids = [p for kind in NAMEABLE for p in parties.parties(kind=kind)]
    return {party: tuple(_said(profile)) for party, profile in parties.profiles(ids).items()}


def _said(profile: dict[str, object]) -> Iterable[str]:
    also = profile.get("also") or ()
    for name in (profile.get("name"), *(also if isinstance(also, list | tuple) else ())):
        if name:
            yield str(name).split(" (")[0]


def _name(hit: Trespass) -> str:
    return parties.names([hit.party])[hit.party]


def forget_prompts(at: Instant, actor: str) -> int:
    """Erase the texts of refused prompts whose time is over and about which no case is open; returns how many."""
    running = CaseRow.objects.exclude(state=CaseState.CLOSED).values_list("subject", flat=True)
    with writing(actor=actor, at=at) as journal:
        old = PromptRow.objects.filter(keep_until__lte=at, forgotten=False).exclude(id__in=list(running))
        due = list(old.order_by("position"))
        for row in due:
            private.erase(row.id)
            journal.append(facts.PromptForgotten(refusal=row.id))
    return len(due)

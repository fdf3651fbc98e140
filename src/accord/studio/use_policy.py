"""A feature's use policy: publishing a version, and asking the one in force before anything is made (shell)."""

from __future__ import annotations

import msgspec

from accord.governance import queries as governance
from accord.journal.actions import writing
from accord.studio.boundaries import UsePolicy, check_policy, out_of_bounds, over_rate
from accord.studio.facts import UsePolicyPublished
from accord.studio.models import TakeRow, UsePolicyRow
from accord.terms.instant import Instant
from accord.terms.refusal import Refused


def publish(policy: UsePolicy, at: Instant, actor: str) -> UsePolicy:
    """Publish the next version of a feature's use policy; returns it with its number. Raises: BadInput, NotThere."""
    check_policy(policy)
    with writing(actor, at) as journal:
        governance.feature(policy.feature)
        numbered = msgspec.structs.replace(policy, version=in_force(policy.feature).version + 1)
        journal.append(UsePolicyPublished(policy=numbered))
    return numbered


def in_force(feature: str) -> UsePolicy:
    """The policy in force; version 0, with rates alone, where none was published."""
    row = UsePolicyRow.objects.filter(feature=feature).order_by("-version").first()
    return msgspec.convert(row.record, UsePolicy) if row else UsePolicy(feature=feature)


def check_rate(feature: str, creator: str, at: Instant) -> None:
    """Raises: Refused when the person or everybody has made the day's takes."""
    begins = at.replace(hour=0, minute=0, second=0, microsecond=0)
    today = TakeRow.objects.filter(feature=feature, at__gte=begins, at__lte=at)
    refusal = over_rate(in_force(feature), today.filter(creator=creator).count(), today.count())
    if refusal is not None:
        raise Refused(refusal)


def check_words(feature: str, prompt: str) -> None:
    """Raises: Refused for a prompt that the policy keeps out, saying what is allowed and who could allow more."""
    refusal = out_of_bounds(in_force(feature), prompt)
    if refusal is not None:
        raise Refused(refusal)

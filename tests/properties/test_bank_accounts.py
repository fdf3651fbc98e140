"""Bank accounts: which one is paid.

| law | property | test |
|---|---|---|
| | a changed account is paid once it waited and was confirmed | test_a_changed_account_is_paid_only_once_it_waited_and_was_confirmed |
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.metering.made import AT

from accord.payouts.changing import CURRENT, HOLD, RULES, Given, Rule, accounts

STEPS = st.lists(
    st.tuples(st.sampled_from(["give", "give at once", "confirm", "stop"]), st.integers(0, 5)), max_size=10
)


def made(steps: list[tuple[str, int]]) -> list[Given]:
    """What a party was given, as the doors record it: a step is about the change that waits that day, if one does."""
    found: list[Given] = []
    for (step, _), day in zip(steps, days(steps), strict=True):
        at = AT + timedelta(days=day)
        if step.startswith("give"):
            rule = CURRENT.version if step == "give" else ""
            found.append(Given(party="p", details=f"{len(found)}", at=at, by="a", rule=rule))
        elif waiting := accounts(found, at).waiting:
            change = {"confirmed_at": at, "confirmed_by": "b"} if step == "confirm" else {"stopped_at": at}
            found[int(waiting.details)] = replace(waiting, **change)
    return found


def days(steps: list[tuple[str, int]]) -> list[int]:
    return list(accumulate(gap for _, gap in steps))


def replayed(steps: list[tuple[str, int]], last: int) -> tuple[str, str]:
    """The plain twin: (what counts, what waits) at the end of a day, by walking through every day until then."""
    counts = waits = ""
    since, sure, number = 0, False, 0
    for day in range(last + 1):
        for (step, _), when in zip(steps, days(steps), strict=True):
            if waits and sure and day >= since + CURRENT.days:
                counts, waits = waits, ""
            if when != day:
                continue
            if step.startswith("give"):
                if counts and step == "give":
                    waits, since, sure = f"{number}", day, False
                else:
                    counts, waits = f"{number}", ""
                number += 1
            elif waits and step == "confirm":
                sure = True
            elif waits and step == "stop":
                waits = ""
        if waits and sure and day >= since + CURRENT.days:
            counts, waits = waits, ""
    return counts, waits


@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(0, 20))
def test_a_changed_account_is_paid_only_once_it_waited_and_was_confirmed(
    steps: list[tuple[str, int]], more: int
) -> None:
    """On every day; a second confirmation changes nothing."""
    last = (days(steps) or [0])[-1] + more
    at: datetime = AT + timedelta(days=last)
    found = accounts(made(steps), at)
    counts, waits = (one.details if one else "" for one in (found.counts, found.waiting))
    assert (counts, waits) == replayed(steps, last)
    paid = found.paid
    if paid and paid.rule and paid.details != "0":
        assert paid.confirmed_at and paid.stopped_at is None and at >= paid.at + timedelta(days=CURRENT.days)


def test_while_a_change_waits_the_rule_says_where_payments_go(monkeypatch) -> None:
    """To the account before, or nowhere; each rule says so in its sentence."""
    old, new = (
        Given(party="p", details="0", at=AT, by="a", rule="1"),
        Given(party="p", details="1", at=AT, by="a", rule="1"),
    )
    assert accounts([old, new], AT).paid == old and "go to the account before" in RULES["1"].said
    monkeypatch.setitem(RULES, "1", Rule(version="1", days=3, meanwhile=HOLD))
    assert accounts([old, new], AT).paid is None and "nothing is paid" in RULES["1"].said
    assert accounts([old], AT).paid == old

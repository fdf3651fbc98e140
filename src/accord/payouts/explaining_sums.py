"""A sum of a statement in words: the clause, what was earned, and how the amount follows from them (pure).

Lines are walked back by `explaining`; the sums beside them (a guarantee, what was recouped, tax …) are walked back here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from accord.payouts.order import ORDERS, PPM, Order
from accord.payouts.records import Account, Pay, Step
from accord.payouts.sheet import Document, SheetLine, every, paid
from accord.terms.money import text
from accord.terms.share import percent

OF_PARTY = (Account.DUE.value, Account.DIRECT.value, Account.CREATOR.value)


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """What waited for the close: by which kind, of what, and the fact that let it go, in words."""

    kind: str
    of: str
    amount_micros: int
    because: str
    fact: str
    deal: str = ""


class Topped(msgspec.Struct, frozen=True, kw_only=True):
    """A guarantee at a close: its minimum, what its deal earned towards it by period, and what was given for it before."""

    deal: str
    of: str
    least_micros: int
    earned: tuple[tuple[str, int], ...]
    funded_before_micros: int = 0


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """An advance: its fact, what was paid, and how much of it was open before the close."""

    deal: str
    fact: str
    paid_micros: int
    open_before_micros: int


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind a statement's sums, as its close knew it. `before` is the party's statement before, if there is one.

    `deals` are those that set the party's threshold and tax: the ones it gave and the ones it was ever paid under.
    """

    deals: tuple[Pay, ...]
    before: str = ""
    joined: tuple[Joined, ...] = ()
    topped: Mapping[str, Topped] = {}
    ahead: Mapping[str, Ahead] = {}


def explain_sum(document: Document, name: str, behind: Behind) -> list[Step] | None:
    """The steps of one sum of a statement, the last of which says it; None for a sum that the statement does not have."""
    if name not in SUMS or (name != "advances" and f"{name}_micros" not in document["summary"]):
        return None
    return SUMS[name](document, behind) or [Step(name.replace("_", " "), "there is nothing of the kind in this period")]


def _opening(document: Document, behind: Behind) -> list[Step]:
    if not behind.before:
        return [Step("opening", "it is the party’s first statement: nothing was carried forward")]
    said = f"{_said(document, 'opening')} were carried forward by {behind.before}"
    return [Step("opening", said, behind.before)]


def _lines(wanted: Callable[[SheetLine], bool]) -> Callable[[Document, Behind], list[Step]]:
    def steps(document: Document, behind: Behind) -> list[Step]:
        sums: Counter[str] = Counter()
        counts: Counter[str] = Counter()
        for line in filter(wanted, every(document)):
            about = f"{line['of']} again: " if line.get("of") else ""
            where = about + ", ".join(part for part in (line["kind"], line["feature"], line["territory"]) if part)
            sums[where] += paid(line)
            counts[where] += 1
        found = [
            Step("lines", f"{where}: {counts[where]} line{'s' * (counts[where] > 1)} of {_money(document, amount)}")
            for where, amount in sorted(sums.items())
        ]
        return [*found, Step("sum", f"together {_money(document, sums.total())}; each line says why")] if found else []

    return steps


def _adjusts(line: SheetLine) -> bool:
    return "of" in line and "each_micros" not in line


def _earns(line: SheetLine) -> bool:
    return line["account"] in OF_PARTY and "of" not in line and "each_micros" not in line


def _joined(kind: str) -> Callable[[Document, Behind], list[Step]]:
    def steps(document: Document, behind: Behind) -> list[Step]:
        mine = [one for one in behind.joined if one.kind == kind]
        steps = [Step(kind, f"{_money(document, one.amount_micros)}: {one.because}", one.fact) for one in mine]
        return [*steps, *_together(document, kind, {one.fact: one.of for one in mine})]

    return steps


def _guarantee(document: Document, behind: Behind) -> list[Step]:
    steps = []
    for name, amount in document["guarantees"].items():
        one = behind.topped[name]
        earned, least = sum(micros for _, micros in one.earned), _money(document, one.least_micros)
        by = ", ".join(f"{_money(document, micros)} in {period}" for period, micros in one.earned)
        of = "over its term" if one.of == "term" else f"in {one.of}"
        said = f"{_money(document, earned)} were earned under it {of}, escrow included" + (f": {by}" if by else "")
        steps += [
            Step("guarantee", f"{one.deal} guarantees {least} {of}", one.deal),
            Step("earned", said),
        ]
        missing, before = max(0, one.least_micros - earned), one.funded_before_micros
        words = f"{least} − {_money(document, earned)} = {_money(document, missing)}"
        if earned > one.least_micros:
            words = "that is no less than it guarantees"
        if before:
            words += f"; {_money(document, before)} were added for it before: {_money(document, int(amount))} now"
        steps.append(Step("difference", f"{words}, funded by the platform"))
    return [*steps, *_together(document, "guarantee", document["guarantees"])]


def _together(document: Document, name: str, parts: Mapping[str, str]) -> list[Step]:
    """The sum of several that were told one after the other."""
    return [Step("sum", f"together {_said(document, name)}")] if len(parts) > 1 else []


def _recouped(document: Document, behind: Behind) -> list[Step]:
    steps, groups = [], {pay.deal: pay.collateral_group for pay in behind.deals}
    for deal, amount in document["recouped"].items():
        one, taken = behind.ahead[deal], int(amount)
        together = [other for other in groups if other == deal or (groups[deal] and groups[other] == groups[deal])]
        own = sum(_own(document, behind, other) for other in together)
        under = f"under the deals of its group “{groups[deal]}”" if groups.get(deal) else "under it"
        said = f"{_money(document, own)} of what the party itself has {under} may go against it"
        if taken < 0:
            said = f"less was earned before than was thought: {_money(document, -taken)} of it is open again"
        still = _money(document, document["still_to_recoup"].get(deal, 0))
        paid_ahead, was_open = _money(document, one.paid_micros), _money(document, one.open_before_micros)
        steps += [
            Step("advance", f"{paid_ahead} were paid ahead under {deal}; {was_open} of it were open", one.fact),
            Step("earned", said),
            Step("recouped", f"{_money(document, taken)} go against it; {still} stay open", deal),
        ]
    return [*steps, *_together(document, "recouped", document["recouped"])]


def _own(document: Document, behind: Behind, deal: str) -> int:
    """What the licensor itself has of a period under a deal: what goes against its advance."""
    lines = sum(paid(line) for line in every(document) if line["deal"] == deal and line["account"] == Account.DUE)
    joined = sum(one.amount_micros for one in behind.joined if one.deal == deal and one.kind != "lump_sums")
    kept = int(document.get("reserved", {}).get(deal, 0))
    return lines + joined + _of(document, "guarantees", deal) + _of(document, "reserve_released", deal) - kept


def _of(document: Document, name: str, deal: str) -> int:
    """Amounts of a deal that may name a period beside it: `deal`, or `deal, period`."""
    some = document.get(name, {})
    return sum(int(amount) for about, amount in some.items() if about.partition(",")[0] == deal)


def _advances(document: Document, behind: Behind) -> list[Step]:
    return [
        Step("advance", f"{_money(document, amount)} were paid ahead under {deal}, by the platform",
             behind.ahead[deal].fact if deal in behind.ahead else deal)
        for deal, amount in document["advances_paid"].items()
    ]  # fmt: skip


def _reserved(document: Document, behind: Behind) -> list[Step]:
    steps = []
    pays = {pay.deal: pay for pay in behind.deals}
    for deal, amount in document.get("reserved", {}).items():
        due, pay = sum(paid(line) for line in every(document) if _due_under(line, deal)), pays[deal]
        share = f"{percent(Fraction(pay.reserve_ppm, PPM))} %"
        said = f"{deal} keeps back {share} of what is due under it, until {pay.reserve_periods} closes after"
        made = f"{_money(document, due)} × {share} = {_money(document, amount)}, rounded down to the micro"
        steps += [Step("deal", said, deal), Step("reserved", made)]
    return [*steps, *_together(document, "reserved", document.get("reserved", {}))]


def _due_under(line: SheetLine, deal: str) -> bool:
    return _earns(line) and line["deal"] == deal and line["account"] == Account.DUE


def _reserve_released(document: Document, behind: Behind) -> list[Step]:
    steps = []
    for about, amount in document.get("reserve_released", {}).items():
        deal, _, of = about.partition(", ")
        said = f"{_money(document, amount)} were kept back under {deal} at the close of {of}, long enough by its terms"
        steps.append(Step("reserve released", said, deal))
    return [*steps, *_together(document, "reserve_released", document.get("reserve_released", {}))]


def _threshold(document: Document, behind: Behind) -> list[Step]:
    order = _order(document)
    mine = [pay for pay in behind.deals if not order.own_currency or pay.currency == document["currency"]]
    if not mine:
        said = f"no deal of the party says from what on it is paid, so the order of deductions does: {_said(document, 'threshold')}"
        return [Step("threshold", said)]
    lowest = min(mine, key=lambda pay: (pay.threshold_micros, pay.deal))
    said = f"the lowest of {len(mine)} deal{'s' * (len(mine) > 1)}: {_said(document, 'threshold')}"
    return [Step("threshold", said, lowest.deal)]


def _withheld(document: Document, behind: Behind) -> list[Step]:
    highest = max(behind.deals, key=lambda pay: (pay.withholding_tax_ppm, pay.deal), default=None)
    if highest is None or not _sum(document, "withheld"):
        return []
    unit = _order(document).minor_micros(document["currency"])
    gross = max(0, _balance(document)) // unit * unit
    rate = f"{percent(Fraction(highest.withholding_tax_ppm, PPM))} %"
    whole = (
        f"{_money(document, _balance(document))} stand to the party’s name; in whole units of {_money(document, unit)}"
    )
    made = f"{_money(document, gross)} × {rate} = {_said(document, 'withheld')}, rounded down to such a unit"
    return [
        Step("balance", f"{whole} that is {_money(document, gross)}"),
        Step("deal", f"{rate} is the highest rate of the party’s deals", highest.deal),
        Step("withheld", made),
    ]


def _payable(document: Document, behind: Behind) -> list[Step]:
    unit, balance = _order(document).minor_micros(document["currency"]), _balance(document)
    steps = [Step("balance", f"{_money(document, balance)} stand to the party’s name after all that")]
    if balance < _sum(document, "threshold"):
        waits = f"that is below {_said(document, 'threshold')}, from which on it is paid: {_said(document, 'carried')} are carried forward"
        return [*steps, *_threshold(document, behind), Step("payable", waits)]
    taxed = f", less {_said(document, 'withheld')} of tax," if _sum(document, "withheld") else ""
    whole = f"of it{taxed} {_said(document, 'payable')} go out in whole units of {_money(document, unit)}"
    return [*steps, Step("payable", f"{whole}; {_said(document, 'carried')} are carried forward")]


def _balance(document: Document) -> int:
    """What stood to the party's name before anything was paid."""
    return sum(_sum(document, name) for name in ("payable", "withheld", "carried"))


#: sum → its steps, from the statement and what stands behind it
SUMS: Mapping[str, Callable[[Document, Behind], list[Step]]] = {
    "opening": _opening,
    "earned": _lines(_earns),
    "adjusted": _lines(lambda line: _adjusts(line) and line["account"] in OF_PARTY),
    "fees": _lines(lambda line: "each_micros" in line and line["account"] in OF_PARTY),
    "escrow": _lines(lambda line: line["account"] == Account.ESCROW),
    "released": _joined("released"),
    "matched": _joined("matched"),
    "redistributed": _joined("redistributed"),
    "lump_sums": _joined("lump_sums"),
    "guarantee": _guarantee,
    "advances": _advances,
    "reserved": _reserved,
    "reserve_released": _reserve_released,
    "recouped": _recouped,
    "threshold": _threshold,
    "withheld": _withheld,
    "payable": _payable,
    "carried": _payable,
}


def _order(document: Document) -> Order:
    return ORDERS[document["order"]["version"]]


def _sum(document: Document, name: str) -> int:
    return int(document["summary"][f"{name}_micros"])


def _said(document: Document, name: str) -> str:
    return _money(document, _sum(document, name))


def _money(document: Document, micros: int | str) -> str:
    return f"{text(int(micros))} {document['currency']}"


def deals_of(document: Document, paid_under: Iterable[str], joined: Iterable[Joined]) -> set[str]:
    """The deals that set the party's threshold and tax at this close: those of before, and what the statement names."""
    named = {line["deal"] for line in every(document)} | {one.deal for one in joined if one.kind != "lump_sums"}
    about: Any = (document[name] for name in ("guarantees", "still_to_recoup"))
    return {*paid_under, *named, *(key.partition(",")[0] for some in about for key in some)} - {""}

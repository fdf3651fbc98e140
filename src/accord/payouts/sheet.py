"""A statement as whoever shows it reads it: every line of whatever kind, its sums, where the money came from (pure).

Pages, files and the command line all read a document through this module, so a kind of line that a later close adds is
shown by all of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from accord.metering.periods import parse
from accord.terms.money import text

Document = Mapping[str, Any]
SheetLine = dict[str, Any]

#: How what is payable came about: (key of the summary, words, sign). They add up to what is payable.
CAME_ABOUT = (
    ("opening_micros", "Brought forward", 1),
    ("earned_micros", "Earned", 1),
    ("adjusted_micros", "Adjusted, for earlier periods", 1),
    ("fees_micros", "Fees per use and per training run", 1),
    ("released_micros", "Released from escrow", 1),
    ("matched_micros", "Matched later", 1),
    ("redistributed_micros", "Unmatched money, given out", 1),
    ("lump_sums_micros", "Lump sums", 1),
    ("guarantee_micros", "Guarantee, paid by the platform", 1),
    ("reserve_released_micros", "Kept back before, released now", 1),
    ("reserved_micros", "Kept back for later periods", -1),
    ("recouped_micros", "Recouped from an advance", -1),
    ("withheld_micros", "Tax withheld", -1),
    ("carried_micros", "Carried forward", -1),
)
#: Sums that stand beside those, and are no part of what is payable.
BESIDE = ("payable_micros", "escrow_micros", "threshold_micros")
#: The columns that every line has, in the order of a spreadsheet; what else a line says comes after them.
COLUMNS = (
    *(
        "line",
        "of",
        "account",
        "kind",
        "feature",
        "territory",
        "subject",
        "claimed",
        "deal",
        "clause",
        "plays",
        "share",
    ),
    *("reason", "because"),
)
#: People a picture tells apart; the others are one part of it.
MOST_APART = 8
OTHERS = ""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature gave in a territory, and through whom: (person, micros), the largest first, `OTHERS` last."""

    feature: str
    territory: str
    amount_micros: int
    parts: tuple[tuple[str, int], ...]


def every(document: Document) -> list[SheetLine]:
    """All lines in their order: the period's, those that adjust another (they say `of` which), and any other kind."""
    lists = (value for value in document.values() if isinstance(value, list))
    found = [one for some in lists for one in some if isinstance(one, dict) and "amount_micros" in one]
    return sorted(found, key=lambda line: int(line["line"]))


def paid(line: SheetLine) -> int:
    """A line's amount in micros."""
    return int(line["amount_micros"])


def came_about(document: Document) -> list[tuple[str, str, int]]:
    """The steps from what was brought forward to what is payable, (name, words, micros), signed, without those of nothing."""
    summary = document["summary"]
    return [
        (key.removesuffix("_micros"), words, sign * int(summary[key]))
        for key, words, sign in CAME_ABOUT
        if int(summary.get(key, 0))
    ]


def words(name: str) -> str:
    """What a sum is called, by its name in the summary."""
    called = {key.removesuffix("_micros"): said for key, said, _ in CAME_ABOUT}
    called |= {"payable": "Payable", "escrow": "In escrow, disputed", "threshold": "Paid out from"}
    return called.get(name, name.replace("_", " ").capitalize())


def beside(document: Document) -> list[tuple[str, int]]:
    """Sums of the summary that no step names, in plain words: what a later order of deductions says in addition."""
    known = {*BESIDE, *(key for key, _, _ in CAME_ABOUT)}
    more = ((key, int(value)) for key, value in document["summary"].items() if key not in known)
    return [(key.removesuffix("_micros").replace("_", " "), micros) for key, micros in more if micros]


def named_amounts(document: Document) -> list[tuple[str, str, int]]:
    """(what, about what, micros): guarantees and advances by deal, escrow by its claims, and any other such list."""
    return [
        (what.replace("_", " "), about, int(amount))
        for what, some in document.items()
        if isinstance(some, dict) and what not in ("summary", "order", "rules")
        for about, amount in some.items()
    ]


def attribution(document: Document, called: Mapping[str, str] = MappingProxyType({})) -> list[tuple[str, str]]:
    """(feature, how far what its models wrote followed attribution), as the close knew it; statements of before say nothing.

    A model is named as it is `called`, else by its id.
    """
    every = document.get("attribution", ())
    return [
        (one["feature"], one["said"].replace(one["model"], called.get(one["model"], one["model"]))) for one in every
    ]


def told(
    document: Document, lines: Sequence[SheetLine], learned: Mapping[str, Container[str]] = MappingProxyType({})
) -> list[SheetLine]:
    """Lines of what is heard or was learned from, each with what the statement says of its feature's models.

    `learned` says of models what they learned from: a line is told of those that learned from its asset, and of those that
    nothing is known of.
    """
    by_feature: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in document.get("attribution", ()):
        by_feature[one["feature"]].append((one["model"], one["said"]))

    def said(line: SheetLine) -> list[str]:
        every = by_feature.get(line.get("feature", ""), ()) if line.get("kind") == "source" else ()
        return [words for model, words in every if line["subject"] in learned.get(model, (line["subject"],))]

    return [line | ({"attribution": words} if (words := said(line)) else {}) for line in lines]


def sources(document: Document, faces: Mapping[str, str]) -> list[Source]:
    """Sums by feature and territory, the largest first; `faces` says who is heard in what a line is about."""
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    people: Counter[str] = Counter()
    for line in every(document):
        who = faces.get(line.get("subject", ""), OTHERS)
        sums[line.get("feature", ""), line.get("territory", "")][who] += paid(line)
        people[who] += paid(line)
    apart = {who for who, _ in _largest(people) if who != OTHERS}
    apart = {who for who, _ in _largest(people)[:MOST_APART] if who in apart}
    found = [
        Source(feature=feature, territory=territory, amount_micros=by.total(), parts=_parts(by, apart))
        for (feature, territory), by in sums.items()
    ]
    return sorted(found, key=lambda one: (-one.amount_micros, one.feature, one.territory))


def _parts(by: Counter[str], apart: set[str]) -> tuple[tuple[str, int], ...]:
    mine = [(who, amount) for who, amount in _largest(by) if who in apart]
    rest = by.total() - sum(amount for _, amount in mine)
    return (*mine, *([(OTHERS, rest)] if rest else []))


def _largest(by: Counter[str]) -> list[tuple[str, int]]:
    return sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))


def said(line: SheetLine) -> str:
    """Why a line is what it is, as far as it says so itself; `accord pay explain` walks the whole way."""
    parts = [_counted(line["plays"], "play")] if line.get("plays") else []
    if line.get("times"):
        parts.append(f"{_counted(line['times'], 'time')} {line.get('about', '')}".strip())
    if "earned_micros" in line and line.get("share"):
        parts.append(f"{line['share']} of {text(int(line['earned_micros']))}")
    if "given_micros" in line and "restated_micros" in line:
        parts.append(f"now {text(int(line['restated_micros']))}, given before {text(int(line['given_micros']))}")
    because = line.get("because") or ()
    return "; ".join(filter(None, [*parts, line.get("reason"), *([because] if isinstance(because, str) else because)]))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def table(
    document: Document, lines: Iterable[SheetLine], learned: Mapping[str, Container[str]] = MappingProxyType({})
) -> tuple[list[str], list[list[Any]]]:
    """Lines for a spreadsheet: column names and rows; `learned` as in `told`. The amount stands last, as it reads numbers."""
    some = [{"of": document["period"]} | line for line in told(document, list(lines), learned)]
    shown = [*COLUMNS, *_more(some)]
    rows = [[*(_cell(line.get(name, "")) for name in shown), decimal(paid(line))] for line in some]
    return [*shown, f"amount_{document['currency']}"], rows


def _more(lines: Iterable[SheetLine]) -> list[str]:
    """What lines say beside the columns that all have, in the order in which it comes up."""
    names = dict.fromkeys(name for line in lines for name in line)
    return [name for name in names if name not in COLUMNS]


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def decimal(amount_micros: int) -> str:
    """An amount as a spreadsheet reads it: no thousands separators."""
    return text(amount_micros).replace(",", "")


def in_words(period: str) -> str:
    """`2026-09` as `September 2026`, `2026-Q3` as `July to September 2026`."""
    months = [f"{parse(month).start:%B}" for month in parse(period).months]
    return f"{' to '.join(dict.fromkeys((months[0], months[-1])))} {parse(period).start.year}"

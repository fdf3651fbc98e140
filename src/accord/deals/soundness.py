"""Whether terms make sense before anyone approves them: every fault is one sentence that names its clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from accord.deals.records import Clause, Conditions, Remuneration, Revocation, Selection, Terms
from accord.governance.records import Feature
from accord.terms import currency
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.use import OUTWARD, Use

WHOLE_PPM = 1_000_000
MOST_RESERVED = 12  # closes that a reserve may be kept for
#: What a deal may call public, and what it must: a proof says to which use in which feature somebody agreed until when.
MAY_BE_PUBLIC = frozenset({"uses", "features", "territories", "period", "conditions"})
MUST_BE_PUBLIC = frozenset({"uses", "features", "period"})
PERSONAL = frozenset({Use.VOICE, Use.LIKENESS})


def check(terms: Terms, features: Mapping[str, Feature]) -> None:
    """Raises: BadInput for terms that contradict themselves or name what does not exist; Refused for a voice without its people."""
    if not terms.licensor:
        raise BadInput("the terms name no licensor")
    if terms.ends is not None and terms.ends <= terms.starts:
        raise BadInput(
            f"the period ends on {terms.ends}, before it has begun on {terms.starts}",
            do="`ends` is the first day after the period",
        )
    odd = sorted(set(terms.public) - MAY_BE_PUBLIC) or sorted(MUST_BE_PUBLIC - set(terms.public))
    if odd:
        verb = "is never" if odd[0] not in MAY_BE_PUBLIC else "must be"
        raise BadInput(f"`{odd[0]}` {verb} public", "`public`", do="name " + ", ".join(sorted(MAY_BE_PUBLIC)))
    if not terms.clauses:
        raise BadInput("the terms grant nothing", do="add at least one clause")
    numbers = [clause.number for clause in terms.clauses]
    for number in numbers:
        if not number.strip() or numbers.count(number) > 1:
            raise BadInput(f"`{number}` is not a clause number that names one clause")
    for clause in terms.clauses:
        _clause(clause, features)
    _remuneration(terms.remuneration)
    _revocation(terms.revocation)


def _clause(clause: Clause, features: Mapping[str, Feature]) -> None:
    where = f"clause {clause.number}"
    for name, given in (("use", clause.uses), ("feature", clause.features), ("right", clause.rights)):
        if not given:
            raise BadInput(f"no {name} is named", where, do=f"name each {name} that is meant")
    if not clause.territories:
        raise BadInput("no territory is named", where, do="write WORLD or codes such as DE+FR")
    for name in clause.features:
        if name not in features:
            raise BadInput(f"there is no feature `{name}`", where, do="features: " + ", ".join(sorted(features)))
        _reaches(clause, features[name], where)
    _selection(clause.selection, clause.exclusions, where)
    _conditions(clause.conditions, where)
    personal = sorted(use.value for use in PERSONAL.intersection(clause.uses))
    if personal and not clause.voice_persons:
        raise Refused(
            Refusal(
                code="deals.voice-without-persons",
                because=f"{where} grants `{personal[0]}` and names no person whose it is",
                hint="list their party ids in `voice_persons`; each must still say yes in person",
            )
        )


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Those of the names in some terms that stand for something: assets, parties, and sub-catalogue → licensor."""

    assets: frozenset[str]
    parties: frozenset[str]
    sub_catalogues: Mapping[str, str]


def names(terms: Terms) -> frozenset[str]:
    """Every id that the clauses name."""
    return frozenset(
        name for clause in terms.clauses for name in (*clause.selection.ids, *clause.exclusions, *clause.voice_persons)
    )


def check_names(terms: Terms, known: Known) -> None:
    """Raises: BadInput for an id that names nothing: a slip in an exclusion would give away what was to be kept."""
    for clause in terms.clauses:
        for what, name, fits in _named(clause, known, terms.licensor):
            if not fits:
                raise BadInput(f"`{name}` is no {what}", f"clause {clause.number}", do="name it by its id")


def _named(clause: Clause, known: Known, licensor: str) -> Iterator[tuple[str, str, bool]]:
    """(what it should be, id, whether it is) for everything a clause names."""
    own = {part for part, whose in known.sub_catalogues.items() if whose == licensor}
    fits: dict[str, tuple[str, frozenset[str] | set[str]]] = {
        "label": ("label that is known", known.parties),
        "sub-catalogue": (f"sub-catalogue of `{licensor}`", own),
        "list": ("asset in the catalogue", known.assets),
    }
    for name in clause.selection.ids:
        what, there = fits[clause.selection.kind]
        yield what, name, name in there
    for name in clause.exclusions:
        either = "asset, label or sub-catalogue of the licensor that can be left out"
        yield either, name, name in known.assets or name in known.parties or name in own
    for name in clause.voice_persons:
        yield "person that is known", name, name in known.parties


def _reaches(clause: Clause, feature: Feature, where: str) -> None:
    """A clause that could never apply is a mistake in writing."""
    if not (feature.uses | OUTWARD).intersection(clause.uses):
        uses = ", ".join(sorted(feature.uses))
        raise BadInput(f"`{feature.id}` needs {uses}; none of these is granted", where, do="correct uses or features")
    if not feature.territories & clause.territories:
        raise BadInput(f"`{feature.id}` is offered in {feature.territories.text()}, none of which is granted", where)


def _selection(selection: Selection, exclusions: tuple[str, ...], where: str) -> None:
    if selection.kind not in ("all", "label", "sub-catalogue", "list"):
        raise BadInput(f"`{selection.kind}` is not a selection", where, do="all, label, sub-catalogue or list")
    if selection.kind == "all" and selection.ids:
        raise BadInput("a selection of all names no ids", where, do="use kind `list`, or leave the ids out")
    if selection.kind != "all" and not selection.ids:
        raise BadInput(f"a selection of kind `{selection.kind}` names no ids", where)
    both = sorted(set(selection.ids) & set(exclusions))
    if both:
        raise BadInput(f"`{both[0]}` is both selected and excluded", where)


def _conditions(conditions: Conditions, where: str) -> None:
    if conditions.monthly_cap is not None and conditions.monthly_cap < 1:
        raise BadInput(f"a monthly cap of {conditions.monthly_cap} allows nothing", where)
    for name, text in (("credit_line", conditions.credit_line), ("label_text", conditions.label_text)):
        if text is not None and not text.strip():
            raise BadInput(f"`{name}` is empty", where, do="write the text, or leave it out")


def _remuneration(pay: Remuneration) -> None:
    where = "remuneration"
    shares = (
        "rate_ppm",
        "featured_artist_ppm",
        "withholding_tax_ppm",
        "lump_sum_participants_ppm",
        "floor_sources_ppm",
        "reserve_ppm",
    )
    for name in shares:
        value = getattr(pay, name)
        if value is not None and not 0 <= value <= WHOLE_PPM:
            raise BadInput(
                f"`{name}` of {value} is {value / 10_000:g} %", where, do="give 0 to 1000000 parts per million"
            )
    amounts = (
        "minimum_guarantee_micros",
        "advance_micros",
        "fee_per_use_micros",
        "fee_per_training_run_micros",
        "threshold_micros",
        "cap_micros",
    )
    for name in amounts:
        value = getattr(pay, name)
        if value is not None and not 0 <= value < 2**63:
            raise BadInput(f"`{name}` of {value} is not an amount that can be owed", where)
    if not 0 <= pay.reserve_periods <= MOST_RESERVED or bool(pay.reserve_ppm) != bool(pay.reserve_periods):
        raise BadInput(
            f"a reserve of {pay.reserve_ppm / 10_000:g} % for {pay.reserve_periods} periods cannot be kept",
            where,
            do=f"give both, `reserve_ppm` and `reserve_periods` (1 to {MOST_RESERVED}), or neither",
        )
    currency.checked(pay.currency, where)
    if pay.split_version is not None and pay.floor_sources_ppm is not None:
        raise BadInput("both a split version and a floor are accepted", where, do="name one of them")
    choices = {
        "training_fee_by": ("equal", "attribution"),
        "lump_sum_by": ("equal", "attribution", "usage"),
        "guarantee_per": ("term", "quarter"),
    }
    for name, allowed in choices.items():
        if getattr(pay, name) not in allowed:
            raise BadInput(f"`{getattr(pay, name)}` is not a value of `{name}`", where, do=" or ".join(allowed))


def _revocation(revocation: Revocation) -> None:
    if not 0 <= revocation.retire_within_days <= 3650:
        raise BadInput(
            f"{revocation.retire_within_days} days to retire a model", "revocation", do="give 0 to 3650 days"
        )

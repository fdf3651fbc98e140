"""Who may say what for whom, how much it weighs, and what it replaces (pure).

- A yes has a source, and the source gives its grade (law 3). A source that does not hold up is refused at the door.
- A no is never turned away: the person, verified or not, and anyone with a mandate in force may say it (law 4).
- A no stands beside a wider yes and beats it. A later answer replaces what the same person said about the same thing;
  a no is only replaced by a yes of at least its own grade.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.participation.records import GRADES, Choice, Source
from accord.parties.records import Mandate
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use

#: Uses of somebody's voice or likeness: no label's clause and no default speaks for them.
OF_THE_PERSON = frozenset({Use.VOICE, Use.LIKENESS})


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """What is about to be said, before it is weighed."""

    person: str
    spoken_by: str
    use: Use
    feature: str
    territories: TerritorySet
    asset: str | None
    answer: str
    source: str
    mandate: str | None
    at: Instant


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the records about whoever speaks: whether it proved to be the person, mandates, the clause referred to."""

    verified: bool
    mandates: tuple[Mandate, ...] = ()
    clause_uses: frozenset[Use] = frozenset()
    clause_known: bool = False


def source(text: str) -> Source:
    """The source a text names. Raises: BadInput."""
    try:
        return Source(text)
    except ValueError:
        raise BadInput(f"`{text}` is not a source of a choice", do="sources: " + ", ".join(Source)) from None


def weigh(saying: Saying, ground: Ground) -> tuple[int, str | None]:
    """The grade of what is said, and the evidence it rests on. Raises: Refused, BadInput."""
    if saying.answer not in ("yes", "no"):
        raise BadInput(f"`{saying.answer}` is not an answer", do="yes or no")
    if not saying.territories:
        raise BadInput("a choice needs at least one territory", do="say WORLD for everywhere")
    kind = source(saying.source)
    if kind is Source.PERSON:
        _check_person(saying, ground)
        return GRADES[kind], None
    if kind is Source.REPRESENTATIVE:
        return GRADES[kind], _mandate(saying, ground).id
    if saying.use in OF_THE_PERSON and saying.answer == "yes":
        raise Refused(
            _no(saying, "needs-the-person", f"{saying.use} needs {saying.person}'s own yes; {_label(saying)}")
        )
    if kind is Source.LABEL_CLAUSE and saying.answer == "yes":
        _check_clause(saying, ground)
    return GRADES[kind], saying.mandate


def _label(saying: Saying) -> str:
    if saying.source == Source.BLANKET_DEFAULT:
        return "a default is not one"
    clause = (saying.mandate or "").partition("/")[2]
    return f"{saying.spoken_by}'s clause {clause} is not one" if clause else f"{saying.spoken_by}'s word is not one"


def _check_person(saying: Saying, ground: Ground) -> None:
    if saying.spoken_by != saying.person:
        raise BadInput(
            f"`{saying.spoken_by}` is not `{saying.person}`",
            why="a choice whose source is the person is spoken by the person",
            do="use the source `representative` with a mandate",
        )
    if saying.answer == "yes" and not ground.verified:
        raise Refused(
            _no(
                saying,
                "not-verified",
                f"this is not said from a verified account of `{saying.person}`",
                "verify the account first; a no is heard at once",
            )
        )


def _mandate(saying: Saying, ground: Ground) -> Mandate:
    """The mandate that carries what is said: it names the use for a yes, any mandate in force carries a no."""
    speaking = [mandate for mandate in ground.mandates if mandate.representative == saying.spoken_by]
    asked = [mandate for mandate in speaking if saying.mandate in (None, mandate.id)]
    if not asked:
        which = f"mandate `{saying.mandate}`" if saying.mandate else "a mandate"
        raise Refused(
            _no(
                saying,
                "no-mandate",
                f"`{saying.spoken_by}` has no {which} of `{saying.person}`".replace("no a ", "no "),
            )
        )
    standing = [m for m in asked if saying.territories <= m.period.territories_at(saying.at, saying.territories)]
    if not standing:
        raise Refused(_no(saying, "mandate-over", f"mandate `{asked[0].id}` is not in force on {saying.at:%Y-%m-%d}"))
    naming = [mandate for mandate in standing if saying.use in mandate.uses or saying.answer == "no"]
    if not naming:
        named = ", ".join(sorted(standing[0].uses))
        raise Refused(
            _no(
                saying,
                "mandate-silent",
                f"mandate `{standing[0].id}` of `{saying.spoken_by}` does not name {saying.use}; it names {named}",
                "the person says yes, or signs a mandate that names it",
            )
        )
    return naming[0]


def _check_clause(saying: Saying, ground: Ground) -> None:
    if not ground.clause_known:
        raise Refused(
            _no(
                saying,
                "no-clause",
                f"`{saying.mandate or ''}` is no clause of a deal that `{saying.spoken_by}` has in force",
                "name it as DEAL/CLAUSE",
            )
        )
    if saying.use not in ground.clause_uses:
        raise Refused(
            _no(saying, "clause-silent", f"clause `{saying.mandate}` does not name {saying.use} in {saying.feature}")
        )


def _no(saying: Saying, code: str, because: str, hint: str = "") -> Refusal:
    return Refusal(code=f"participation.{code}", because=because, hint=hint, subject=saying.person)


class Effect(msgspec.Struct, frozen=True):
    """What an answer does to what stands: the choices it closes, and what is left of each (territories it left out)."""

    closes: tuple[str, ...]
    remainders: tuple[tuple[Choice, TerritorySet], ...]
    withdraws: bool


def effect(saying: Saying, grade: int, standing: Iterable[Choice]) -> Effect:
    """What an answer replaces among the choices that stand for the same person, use and feature.

    A no for all assets closes every yes it covers; one for an asset closes that asset's yes and beats a wider one,
    which goes on standing for the rest. Closed in part, a choice goes on in the territories that were left out.
    """
    closes: list[str] = []
    remainders: list[tuple[Choice, TerritorySet]] = []
    withdraws = False
    for choice in standing:
        if not _same_matter(choice, saying) or not choice.territories & saying.territories:
            continue
        if saying.answer == "no" and choice.answer == "yes":
            withdraws = withdraws or saying.asset in (None, choice.asset) or choice.asset is None
        if not _replaces(saying, grade, choice):
            continue
        closes.append(choice.id)
        if (left := choice.territories - saying.territories) != EMPTY:
            remainders.append((choice, left))
    return Effect(tuple(closes), tuple(remainders), withdraws)


def _same_matter(choice: Choice, saying: Saying) -> bool:
    return (choice.person, choice.use, choice.feature) == (saying.person, saying.use, saying.feature)


def _replaces(saying: Saying, grade: int, choice: Choice) -> bool:
    if choice.answer == "yes":
        covered = choice.asset == saying.asset or (saying.asset is None and saying.answer == "no")
        return covered and (saying.answer == "no" or grade >= choice.grade)
    return choice.asset == saying.asset and grade >= choice.grade


def check_order(saying: Saying, grade: int, standing: Iterable[Choice]) -> None:
    """Raises: BadInput for a yes dated before a no that it would replace: a no is not taken back in hindsight (law 4)."""
    if saying.answer != "yes":
        return
    for choice in standing:
        here = _same_matter(choice, saying) and choice.territories & saying.territories
        if here and choice.answer == "no" and _replaces(saying, grade, choice) and saying.at < choice.at:
            raise BadInput(
                f"`{saying.person}` said no to {saying.use} in {saying.feature} on {choice.at:%Y-%m-%d %H:%M} UTC",
                why=f"a yes of {saying.at:%Y-%m-%d %H:%M} UTC was said before it",
                do="date the yes when it is said",
            )


def standing_yes(choices: Iterable[Choice], asset: str | None) -> TerritorySet:
    """Where a yes stands for an asset (or for all) and no no does, whatever its grade: for a person's own grid."""
    yes, no = EMPTY, EMPTY
    for choice in choices:
        if choice.asset in (None, asset):
            yes, no = (yes | choice.territories, no) if choice.answer == "yes" else (yes, no | choice.territories)
    return yes - no

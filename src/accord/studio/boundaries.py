"""What a feature's studio lets through: how many takes a day, and words that a prompt may not hold, as versioned data. Pure.

Names of people who have not agreed are integrity's (`integrity.boundaries`). This is the feature's own use policy: voices
that are protected though nobody here bears them, kinds of use that a licence forbids. Each refusal says what would be
allowed instead and who could allow it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.integrity.boundaries import DIGITS, readings
from accord.integrity.lookalikes import skeleton
from accord.terms.refusal import BadInput, Refusal

#: What may stand for letters: nothing, a capital I for a small l, digits and signs (a one for an i, or for an l).
LETTERS = tuple(
    {ord(sign): letter for sign, letter in signs.items()}
    for signs in ({}, {"I": "l"}, {**DIGITS, "1": "i"}, {**DIGITS, "1": "l"})
)

MOST_PERSON, MOST_FEATURE = 300, 30_000


class Boundary(msgspec.Struct, frozen=True):
    """Words that a prompt may not hold (one word or some in a row), why, what is allowed instead, and who could allow it."""

    words: str
    because: str
    instead: str
    who: str


class UsePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a feature's use policy: takes a day (UTC) for a person and for everybody, and what prompts may not ask."""

    feature: str
    version: int = 0
    person_takes: int = MOST_PERSON
    feature_takes: int = MOST_FEATURE
    boundaries: tuple[Boundary, ...] = ()


def check_policy(policy: UsePolicy) -> None:
    """Raises: BadInput for rates that let nobody make anything, and for boundaries that would not teach."""
    if not 1 <= policy.person_takes <= policy.feature_takes <= 10_000_000:
        raise BadInput(
            "these rates fit nobody", do="let a person make at least 1 take a day and everybody at least as many"
        )
    for one in policy.boundaries:
        if len(skeleton(one.words)) < 3 or not (one.because.strip() and one.instead.strip() and one.who.strip()):
            raise BadInput(
                f"the boundary `{one.words}` does not say enough",
                do="give words of three letters or more, why, what is allowed instead, and who could allow it",
            )


def over_rate(policy: UsePolicy, by_person: int, in_feature: int) -> Refusal | None:
    """None while there is room today, else the refusal. `by_person` and `in_feature` are the takes made today."""
    for made, cap, whose in (
        (by_person, policy.person_takes, "a person"),
        (in_feature, policy.feature_takes, "everybody"),
    ):
        if made >= cap:
            return Refusal(
                code="studio.rate",
                because=f"{policy.feature} lets {whose} make {cap:,} takes a day, and today has them",
                hint="go on tomorrow (days are UTC), or hand in what is there; product could publish another rate",
                subject=policy.feature,
            )
    return None


def out_of_bounds(policy: UsePolicy, prompt: str) -> Refusal | None:
    """None when the prompt asks for nothing that the policy keeps out; spelled with look-alike letters it is the same."""
    spellings = _spellings(prompt)
    for one in policy.boundaries:
        if any(_holds(said, one.words) for said in spellings):
            return Refusal(
                code="studio.out-of-bounds",
                because=f"prompts in {policy.feature} may not ask for `{one.words}`: {one.because}",
                hint=f"allowed instead: {one.instead}; {one.who} could allow it (policy version {policy.version})",
                subject=policy.feature,
            )
    return None


def _spellings(prompt: str) -> list[list[str]]:
    """The words that a prompt may be read as: possessives, digits that stand for letters, and a capital I for a small l."""
    return [words for letters in LETTERS for words in readings(prompt.translate(letters))]


def _holds(said: list[str], words: str) -> bool:
    """Whether the words stand in a row in what is said, also written as one or letter by letter."""
    wanted = skeleton(words)
    return any(_begins(said[at:], wanted) for at in range(len(said)))


def _begins(said: Iterable[str], wanted: str) -> bool:
    left = wanted
    for word in said:
        if not left.startswith(word):
            return False
        left = left[len(word) :]
        if not left:
            return True
    return False

"""What a spam signal saw, in a sentence, and a score as lines that add up. Ids stand for titles and names. Pure."""

from __future__ import annotations

from collections.abc import Callable

from accord.integrity.records import Sign, Suspicion
from accord.integrity.spam_weights import LIMITS, OPEN_POINTS


def lines(suspicion: Suspicion) -> list[str]:
    """A score line by line: where it begins, what each sign adds, and what that makes."""
    return [
        f"{suspicion.base:+7.2f}  to begin with",
        *(f"{sign.nats:+7.2f}  {sentence(sign)}" for sign in suspicion.signs),
        f"{suspicion.points:+7.2f}  in all: {meaning(suspicion)}",
    ]


def said(suspicion: Suspicion) -> str:
    """A score in a few words: a likelihood once readers' decisions stand behind it, until then points."""
    if not suspicion.learned_from:
        return f"{suspicion.points:+.1f} points"
    percent = 100 * suspicion.probability  # nothing is wholly sure
    return f"{'over 99.9' if percent > 99.9 else f'{percent:.1f}'} %"


def meaning(suspicion: Suspicion) -> str:
    """What to hold that against: the decisions that it was learned from, or the mark from which on somebody looks."""
    if suspicion.learned_from:
        return f"{said(suspicion)} likely to be upheld, by {suspicion.origin}"
    return f"from {OPEN_POINTS:+.1f} on a reader looks, by {suspicion.origin}"


def sentence(sign: Sign) -> str:
    """A sign in words; ids stand for titles and names, which are bound where it is shown."""
    more = f", and {sign.uploads - 1:,} more uploads show it" if sign.uploads > 1 else ""
    return SAYS[sign.signal](sign) + more


def _named(sign: Sign) -> str:
    how = ("looks like", "is one letter from", "is one letter in another place from")[sign.among]
    return f"the artist’s name of {sign.upload} {how} {sign.other}, whose name it is not"


SAYS: dict[str, Callable[[Sign], str]] = {
    "mass_uploads": lambda s: (
        f"{s.value:,} of the {s.among:,} uploads within a day of {s.upload} are as long, and many share a word of its title"
    ),
    "short_series": lambda s: (
        f"{s.value:,} of the {s.among:,} uploads within a week of {s.upload} last {LIMITS.short_from_ms // 1000} to "
        f"{LIMITS.short_to_ms // 1000} seconds"
    ),
    "renamed_sounds": lambda s: (
        f"the sound of {s.upload} had {s.value:,} other name{'s'[: s.value != 1]} before, the first one at {s.other}"
    ),
    "bait_titles": lambda s: (
        f"of the {s.among:,} words of the title {s.upload}, {s.value:,} are search words or names of other artists"
        + (f", {s.other} among them" if s.other else "")
    ),
    "lookalike_names": _named,
    "others_sound": lambda s: f"{s.value} % of {s.upload} is the recording {s.other}, credited to another artist",
}

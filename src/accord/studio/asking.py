"""What people write, as what is asked of a model: settings from a form, a command line or JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.catalog.score import from_midi
from accord.terms.refusal import BadInput
from accord.training.generator import Request


def request_of(settings: Mapping[str, object], midi: bytes | None) -> Request:
    """A generator's request: what was asked for, then what the phrase says, then the usual. Raises: BadInput."""
    phrase = from_midi(midi) if midi else None
    own = {"key": phrase.key, "metre": phrase.metre, "tempo_bpm": phrase.tempo_bpm} if phrase else {}
    given = {name: value for name, value in settings.items() if value is not None}
    return Request(**{**own, **given, "phrase": phrase})  # type: ignore[arg-type]


def metre(text: str | None) -> tuple[int, int] | None:
    """A metre as people write it, 6/8; None for none. Raises: BadInput."""
    if not text or not text.strip():
        return None
    beats, _, unit = text.strip().partition("/")
    if not (_digits(beats) and _digits(unit)):
        raise BadInput(f"`{text}` is not a metre", do="write it as 3/4")
    return int(beats), int(unit)


def programs(words: Iterable[str]) -> tuple[int, ...]:
    """General MIDI programs as people write them, empty ones left out. Raises: BadInput."""
    found = []
    for word in (word.strip() for word in words):
        if word and not _digits(word):
            raise BadInput(
                f"`{word}` is not an instrument", do="give General MIDI programs, 0 to 127; 128 is a drum kit"
            )
        found += [int(word)] if word else []
    return tuple(found)


def number(text: str | None) -> float | None:
    """A number as people write it; None for none. Raises: BadInput."""
    try:
        found = float(text) if text and text.strip() else None
    except ValueError:
        raise BadInput(f"`{text}` is not a number") from None
    if found is not None and not -1e6 < found < 1e6:
        raise BadInput(f"`{text}` is out of all bounds")
    return found


def whole(text: str | None) -> int | None:
    """A whole number as people write it; None for none. Raises: BadInput."""
    word = (text or "").strip()
    if word and not _digits(word.removeprefix("-")):
        raise BadInput(f"`{text}` is not a whole number")
    return int(word) if word else None


def whole_numbers(text: str | None) -> tuple[int, ...]:
    """Whole numbers as people write them, `3`, `3, 4` or `3-6`; () for none. Raises: BadInput."""
    found: list[int] = []
    for word in (text or "").replace(",", " ").split():
        first, _, last = word.partition("-")
        if not _digits(first) or (last and not _digits(last)) or len(word) > 9:
            raise BadInput(f"`{word}` is not a whole number or a stretch of them", do="write 3, or 3,4, or 3-6")
        found += range(int(first), min(int(last or first), int(first) + 999) + 1)
    return tuple(dict.fromkeys(found))


def _digits(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 18

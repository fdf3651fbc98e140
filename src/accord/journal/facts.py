"""Facts: frozen records of what happened, and their canonical text.

A fact's canonical text is JSON by RFC 8785 (JCS). Since JCS refuses integers beyond 2⁵³, every integer field named
`*_micros` is written as a decimal string; fractions are written `n/d`, instants by RFC 3339 in UTC with six digits, and
values that have `text()` and `parse()` (such as sets of territories) by their text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

import msgspec
import rfc8785

from accord.terms.instant import parse as parse_instant
from accord.terms.instant import text as instant_text


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every fact; subclasses are declared with `@fact(kind, version)` and named in the past tense."""


KINDS: dict[tuple[str, int], type[Fact]] = {}
NAMES: dict[type[Fact], tuple[str, int]] = {}
F = TypeVar("F", bound=Fact)


def fact(kind: str, version: int = 1) -> Callable[[type[F]], type[F]]:
    """Declare a fact: its kind is `room.what-happened`, unique with its version."""

    def declare(cls: type[F]) -> type[F]:
        if (kind, version) in KINDS and KINDS[kind, version].__qualname__ != cls.__qualname__:
            raise ValueError(f"two facts are named {kind} version {version}")
        KINDS[kind, version], NAMES[cls] = cls, (kind, version)
        return cls

    return declare


def to_body(record: Fact) -> dict[str, Any]:
    """The fact as plain JSON values."""
    plain = msgspec.to_builtins(record, builtin_types=(datetime, date), enc_hook=_write)
    return _canonical_values(plain)  # type: ignore[no-any-return]


def from_body(kind: str, version: int, body: dict[str, Any]) -> Fact:
    """The fact that `to_body` wrote. Raises: KeyError for a kind nobody declared, msgspec.ValidationError."""
    return msgspec.convert(body, KINDS[kind, version], strict=False, dec_hook=_read)


def canonical(kind: str, version: int, actor: str, at: datetime, body: dict[str, Any]) -> bytes:
    """The bytes a commitment is made to (RFC 8785)."""
    return rfc8785.dumps({"kind": kind, "version": version, "actor": actor, "at": instant_text(at), "body": body})


def _write(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if hasattr(value, "text"):
        return value.text()
    raise NotImplementedError(f"a fact cannot hold a {type(value).__name__}")


def _read(kind: type, value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"a {kind.__name__} is written as text")
    if kind is Fraction:
        return Fraction(value)
    if hasattr(kind, "parse"):
        return kind.parse(value)
    raise NotImplementedError(f"a fact cannot hold a {kind.__name__}")


def _canonical_values(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {str(key): _canonical_values(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical_values(item, name) for item in value]
    if isinstance(value, datetime):
        return instant_text(parse_instant(value.isoformat()))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith("_micros"):
        return str(value)
    return value

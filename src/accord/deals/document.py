"""Terms as a document: one canonical JSON form (RFC 8785), its hash, and a reader that says what is wrong where.

Amounts (`*_micros`) are decimal strings in the canonical form, since RFC 8785 refuses integers beyond 2⁵³; the reader
takes numbers too. Territories are written by their text (`WORLD-JP`), uses and rights by their words.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
import rfc8785

from accord.deals.records import Terms
from accord.terms.refusal import BadInput

#: terms that came later: where they say nothing they are not written, so that a text that was signed stays as it was
LATER = {"reserve_ppm": 0, "reserve_periods": 0}
LARGEST_DOCUMENT = 4 << 20


def plain(terms: Terms) -> dict[str, Any]:
    """The terms as plain JSON values, amounts as strings."""
    found = _texts(msgspec.to_builtins(terms, enc_hook=_write))
    pay = found["remuneration"]
    found["remuneration"] = {name: value for name, value in pay.items() if name not in LATER or value != LATER[name]}
    return found  # type: ignore[no-any-return]


def canonical(terms: Terms) -> str:
    """The one text that is hashed, approved and signed."""
    return rfc8785.dumps(plain(terms)).decode()


def digest(terms: Terms) -> str:
    """`sha256:<hex>` of the canonical text."""
    return f"sha256:{sha256(canonical(terms).encode()).hexdigest()}"


@lru_cache(maxsize=4096)
def read(text: str) -> Terms:
    """The terms a canonical text holds; kept, since the same text is always the same terms."""
    return parse(text)


def parse(source: str | bytes | dict[str, Any], where: str = "terms") -> Terms:
    """Terms from JSON text or plain values.

    Raises: BadInput for what is not JSON, an unknown or missing field, a word that is no use, right or territory.
    """
    if isinstance(source, str | bytes):
        if len(source) > LARGEST_DOCUMENT:
            raise BadInput(f"{len(source):,} bytes are too many for terms", where, do="keep it under 4 MiB")
        try:
            source = msgspec.json.decode(source)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise BadInput("this is not JSON", where, str(fault)) from None
    _no_floats(source, where)
    try:
        _known_fields(source, Terms, where, "$")
        return msgspec.convert(source, Terms, strict=False, dec_hook=_read)
    except msgspec.ValidationError as fault:
        cause = fault.__cause__
        if isinstance(cause, BadInput):
            raise BadInput(cause.what, where, str(fault).rpartition("at ")[2].strip("`"), cause.do) from None
        raise BadInput(
            "these are not terms", where, _sentence(str(fault)), "compare with the example in docs"
        ) from None


def _sentence(fault: str) -> str:
    return fault[:1].lower() + fault[1:]


def _write(value: Any) -> Any:
    if hasattr(value, "text"):
        return value.text()
    raise NotImplementedError(f"terms cannot hold a {type(value).__name__}")


def _read(kind: type, value: Any) -> Any:
    if hasattr(kind, "parse") and isinstance(value, str):
        return kind.parse(value)
    raise TypeError(f"expected a text such as `WORLD`, not {type(value).__name__}")


def _texts(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _texts(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item, name) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith("_micros"):
        return str(value)
    return value


def _no_floats(value: Any, where: str) -> None:
    """Rates and amounts are whole numbers: a float would already have lost what was agreed."""
    if isinstance(value, float):
        raise BadInput(f"`{value}` is not a whole number", where, do="rates in parts per million, amounts in micros")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _no_floats(item, where)


def _known_fields(value: Any, kind: type, where: str, path: str) -> None:
    """A field nobody knows is a mistake in writing, never something to pass over: it may be an exclusion."""
    if not isinstance(value, dict):
        return
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, item in value.items():
        if name not in fields:
            raise BadInput(f"terms have no field `{name}`", f"{where} {path}", do="fields here: " + ", ".join(fields))
        inner, many = _struct_in(fields[name])
        if inner is not None:
            for part in item if many and isinstance(item, list) else [item]:
                _known_fields(part, inner, where, f"{path}.{name}")


def _struct_in(annotation: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation, False
    inner = [arg for arg in getattr(annotation, "__args__", ()) if isinstance(arg, type)]
    found = [arg for arg in inner if issubclass(arg, msgspec.Struct)]
    return (found[0], True) if found else (None, False)

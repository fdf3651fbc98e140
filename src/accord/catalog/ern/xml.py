"""Hardened parsing of XML from outside: no DTD, no entities, no network; size, depth and count are bounded.

Two passes. The first is an expat scan that builds nothing: it refuses a document type declaration before a single entity
could be expanded, and says where a document breaks off. Only what passed it is parsed by lxml, which keeps line numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from lxml import etree

from accord.terms.refusal import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 40
MAX_ELEMENTS = 2_000_000
MAX_TEXT = 1_000_000
_CONTROL = re.compile("[\x7f-\x9f]")  # XML 1.0 allows these, and no title or name has one


class _Stop(Exception):
    """Ends the scan from inside a handler with the sentence to say."""

    def __init__(self, what: str, why: str, do: str) -> None:
        super().__init__(what)
        self.what, self.why, self.do = what, why, do


def parse(data: bytes, kind: str) -> Element:
    """The root element of `data`, every tag without the root's namespace (the root keeps it: see `namespace`).

    `kind` names what was expected, for the sentence. Raises BadInput: empty, too large, not XML, broken off, a document
    type declaration, nested too deeply.
    """
    _scan(data, kind)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"this {kind} is not readable XML", f"line {error.lineno}", error.msg.lower(), "send it again"
        ) from None
    own = f"{{{namespace(root)}}}"
    for element in root.iterdescendants():
        element.tag = str(element.tag).removeprefix(own)
    return root


def refuse_foreign(root: Element, kind: str) -> None:
    """Raises BadInput for the first element of a namespace that is not the message's: it is no part of what it says."""
    for element in root.iterdescendants():
        if element.tag[0] == "{":
            why = f"it is of the namespace `{namespace(element)[:80]}`, not of the message's"
            raise BadInput(f"`{name(element)[:60]}` is no element of this {kind}", place(element), why, "leave it out")


def namespace(root: Element) -> str:
    """Namespace of the root element, empty when it has none."""
    tag = str(root.tag)
    return tag[1:].partition("}")[0] if tag[0] == "{" else ""


def name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def place(element: Element, label: str = "") -> str:
    """Where an element stands, for an error: `line 12 (SoundRecording A1)`."""
    return f"line {element.sourceline} ({label or name(element)})"


def begins_like_xml(data: bytes) -> bool:
    """Whether the first sign is `<`, in any encoding that keeps ASCII's order of bytes."""
    return data.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")[:1] == b"<"


def _scan(data: bytes, kind: str) -> None:
    if not data.strip():
        raise BadInput(f"this {kind} is empty", why="it has no bytes but white space", do="send the whole message")
    if len(data) > MAX_BYTES:
        size = f"it has {len(data):,} bytes, at most {MAX_BYTES:,} are read"
        raise BadInput(f"this {kind} is too large", why=size, do="split it into several messages")
    parser = expat.ParserCreate()
    counter = _Counter()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.text
    try:
        parser.Parse(data, True)
    except _Stop as stop:
        raise BadInput(f"this {kind} {stop.what}", f"line {parser.CurrentLineNumber}", stop.why, stop.do) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _broken(data, kind, error, counter) from None


def _broken(data: bytes, kind: str, error: Exception, counter: _Counter) -> BadInput:
    line = getattr(error, "lineno", 1)
    why = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
    if counter.count == 0 and not begins_like_xml(data):
        shown = data.lstrip()[:24].decode("utf-8", "replace").replace("\n", " ")
        return BadInput(
            f"this {kind} is not XML", f"line {line}", f"it begins with `{shown}`", "send the XML message itself"
        )
    if counter.depth and why in ("no element found", "unclosed token", "unclosed CDATA section", "partial character"):
        why = f"it breaks off inside `{counter.open[-1]}`, {counter.depth} elements are still open"
        return BadInput(f"this {kind} is not whole", f"line {line}", why, "send it again, the end is missing")
    return BadInput(f"this {kind} is not well-formed XML", f"line {line}", str(why), "send it again")


def _refuse_doctype(doctype: str, system: str | None, public: str | None, internal: bool) -> None:
    why = f"`<!DOCTYPE {doctype[:40]}` could define entities or fetch files, and no ERN message has one"
    raise _Stop("has a document type declaration", why, "remove it")


class _Counter:
    """Counts elements, depth and length of text as expat goes."""

    def __init__(self) -> None:
        self.count = self.length = 0
        self.open: list[str] = []

    @property
    def depth(self) -> int:
        return len(self.open)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        self.length = 0
        self.open.append(tag)
        if len(self.open) > MAX_DEPTH:
            raise _Stop(
                "is nested too deeply", f"more than {MAX_DEPTH} elements are inside each other", "check its sender"
            )
        if self.count > MAX_ELEMENTS:
            raise _Stop("is too large", f"it has more than {MAX_ELEMENTS:,} elements", "split it into several messages")
        if any(len(value) > MAX_TEXT for value in attributes.values()):
            raise _Stop("is too large", f"an attribute of `{tag}` is over {MAX_TEXT:,} characters", "check its sender")

    def end(self, tag: str) -> None:
        self.open.pop()
        self.length = 0

    def text(self, data: str) -> None:
        if control := _CONTROL.search(data):
            why = (
                f"`{self.open[-1]}` has U+{ord(control[0]):04X}, as text does that is in another encoding than it says"
            )
            raise _Stop("holds a control character", why, "export it as UTF-8")
        self.length += len(data)
        if self.length > MAX_TEXT:
            raise _Stop("is too large", f"`{self.open[-1]}` has over {MAX_TEXT:,} characters", "check its sender")

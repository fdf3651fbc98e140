"""The letters of a printed statement: one embedded family, the reader's own for Chinese, Japanese and Korean.

Roboto (Apache-2.0, in the package `font-roboto`) holds Latin with every accent, Vietnamese, Greek and Cyrillic; its figures
are of one width. For Chinese, Japanese and Korean the file names the standard fonts that PDF readers bring (ISO 32000-1,
9.7.5.2), which are not embedded. Letters of other scripts (Arabic, Hebrew, Indic, Thai …) are shown as `[…]`.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Roboto-Regular", "Roboto-Bold"
#: The first word of a letter's Unicode name → the font for it. Ideographs alone are taken as Chinese.
ASIAN = {
    "HIRAGANA": "HeiseiKakuGo-W5",
    "KATAKANA": "HeiseiKakuGo-W5",
    "HANGUL": "HYGothic-Medium",
    "CJK": "STSong-Light",
}
MISSING = "[…]"


@cache
def letters() -> frozenset[int]:
    """The letters that the embedded family has; the fonts are made known to reportlab on the way."""
    found: Any = None
    spec = find_spec("font_roboto")
    assert spec is not None and spec.origin is not None  # a dependency of the package
    for name in (PLAIN, BOLD):
        font = TTFont(name, str(Path(spec.origin).parent / "files" / f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        found = set(font.face.charToGlyph) if found is None else found & set(font.face.charToGlyph)
    for name in sorted(set(ASIAN.values())):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(found)


def runs(text: str) -> list[tuple[str, str]]:
    """A text in runs of one font each: (font, text); the font is empty for the embedded one."""
    asian = _asian(text)
    pairs = [_letter(letter, asian) for letter in unicodedata.normalize("NFC", text)]
    found = []
    for font, some in groupby(pairs, key=lambda pair: pair[0]):
        found.append(("", MISSING) if font is None else (font, "".join(letter for _, letter in some)))
    return found


def _letter(letter: str, asian: str) -> tuple[str | None, str]:
    if ord(letter) in letters() or letter.isspace():
        return "", letter if letter.isprintable() else " "
    word = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    if word in ASIAN:
        return (asian if word == "CJK" else ASIAN[word]), letter
    return None, letter


def _asian(text: str) -> str:
    """The font for a text's ideographs: that of the syllables beside them, so that a Japanese name stays Japanese."""
    words = {unicodedata.name(letter, "").split(" ")[0] for letter in text}
    return next((font for word, font in ASIAN.items() if word in words), ASIAN["CJK"])

"""What a name looks like: one home for look-alike letters, skeletons and misspellings. Pure but for the shipped table.

`words_of` reduces a text to words: compatibility forms (NFKD), look-alike letters of other scripts mapped by Unicode's
table (UTS #39, `confusables.dat`), accents and invisible characters dropped, case folded. OWN adds pairs that the table
leaves apart, because it compares letters of one size and people who disguise a name do not.
`skeleton` is that in one word.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

_CYRILLIC = dict(
    zip("АВЕЅІЈКМНОРСТУХаеѕіјкморсухԁԛԝьгпитнвяшд", "ABESIJKMHOPCTYXaesijkmopcyxdqwbrnuthbrwa", strict=True)
)
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχωη", "ABEZHIKMNOPTYXabeikvoptuxwn", strict=True))
OWN = {
    **_CYRILLIC,
    **_GREEK,
    "Ѵ": "V",
    "ѵ": "v",
    "ı": "i",
    "ł": "l",
    "Ł": "L",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ɑ": "a",
    "ɡ": "g",
    "ᴏ": "o",
    "ӏ": "l",
    "Ӏ": "I",
    "ո": "n",
    "օ": "o",
    "ս": "u",
    "հ": "h",
}
DROPPED = "’'`´"
_ASCII = {code: "" if chr(code) in DROPPED else " " for code in range(128) if not chr(code).isalnum()}


@cache
def look_alikes() -> dict[str, str]:
    """Letter → the letters it looks like; the shipped table of Unicode with OWN over it."""
    table = {}
    for line in files("accord.integrity").joinpath("confusables.dat").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            source, _, target = line.partition(";")
            table[chr(int(source, 16))] = "".join(chr(int(code, 16)) for code in target.split())
    return table | OWN


def words_of(text: str) -> list[str]:
    """The words of a text as it looks; letters that look like no Latin one stay what they are."""
    if text.isascii():
        return text.translate(_ASCII).lower().split()
    table, letters = look_alikes(), []
    for char in unicodedata.normalize("NFKC", text):
        if unicodedata.category(char) == "Cf":
            continue
        for part in unicodedata.normalize("NFKD", table.get(char, char)):
            if unicodedata.combining(part):
                continue
            letters.append(table.get(part, part) if part.isalnum() else ("" if part in DROPPED else " "))
    return "".join(letters).casefold().split()


def skeleton(name: str) -> str:
    """What a name looks like, in one word: equal skeletons look alike."""
    return "".join(words_of(name))


def near(one: str, other: str, allowed: int) -> bool:
    """Whether two words differ by at most `allowed` letters changed, left out, put in or swapped with their neighbour."""
    if one == other:
        return True
    if not allowed or abs(len(one) - len(other)) > allowed:
        return False
    return distance(one, other) <= allowed


def distance(one: str, other: str) -> int:
    """Optimal string alignment distance (Damerau 1964, restricted)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]

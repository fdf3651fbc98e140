"""The tables that the spam signals read, from uploads as they were handed in: titles and names in words, as they look. Pure.

In come plain columns; out go the tables named in the heads of the SQL files. A title's and a name's words are those of
`lookalikes.words_of`; names are worked out once each, and ASCII titles as whole columns, since there are millions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from accord.integrity.lookalikes import DROPPED, words_of

LONGEST = 64  # words of a title, letters of a name: what is longer is cut
#: Names that name nobody, as words.
NOBODY = frozenset(
    {"", "various artists", "various", "va", "v a", "diverse", "verschiedene interpreten", "artistes divers", "varios artistas"}
    | {"unknown", "unknown artist", "anonymous", "traditional", "trad"}
)  # fmt: skip
#: Latin letters that Unicode does not take apart and that the same name is also written without.
LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
#: What stands beside a title and is not it: anything in brackets, and a last part that speaks of a version.
BRACKETED = r"[\(\[][^\)\]]*[\)\]]"
VERSION = r"(?i)\s[-–—]\s[^-–—]*\b(remaster|remastered|version|edit|live|mono|stereo|mix|demo|acoustic|instrumental|deluxe|bonus)\b.*$"

Column = Any  # a pyarrow array


def uploads_table(raw: pa.Table) -> pa.Table:
    """`uploads` of the signals from (upload, account, at, title, artist, duration_ms, sound), one row an upload.

    `at` is a UTC timestamp in microseconds; `sound` names the sound wherever it is the same one, '' where not known.
    """
    words = words_column(raw["title"])
    bare = words_column(bare_titles(raw["title"]))
    core = pc.if_else(pc.equal(bare, ""), words, bare)
    artist = by_value(raw["artist"], lambda name: "" if spaced(name) in NOBODY else spaced(name))
    plain = by_value(raw["artist"], lambda name: "" if spaced(name) in NOBODY else as_written(name))
    return pa.table(
        {
            "upload": raw["upload"],
            "account": raw["account"],
            "at_s": pc.floor(pc.divide(pc.cast(raw["at"].cast(pa.timestamp("us")), pa.int64()), 1_000_000)).cast(
                pa.int64()
            ),
            "words": words,
            "word_count": counted(words),
            "core": core,
            "core_count": counted(core),
            "artist": artist,
            "artist_count": counted(artist),
            "artist_plain": plain,
            "artist_skeleton": joined(artist),
            "duration_ms": raw["duration_ms"],
            "sound": raw["sound"],
        }
    )


def artists_table(known: Iterable[tuple[str, str]]) -> pa.Table:
    """`artists` from (id, name) of everybody whose name may be borrowed; names that name nobody are left out."""
    rows = [(artist, spaced(name), as_written(name)) for artist, name in known if spaced(name) not in NOBODY]
    words = pa.array([row[1] for row in rows], pa.string())
    return pa.table(
        {
            "artist": pa.array([row[0] for row in rows], pa.string()),
            "words": words,
            "word_count": counted(words),
            "plain": pa.array([row[2] for row in rows], pa.string()),
            "skeleton": joined(words),
        }
    )


def matched_table(rows: Sequence[tuple[str, str, int, str]]) -> pa.Table:
    """`matched` from (upload, recording, percent of the upload, name of an artist credited on the recording)."""
    words = pa.array([spaced(name) for *_, name in rows], pa.string())
    return pa.table(
        {
            "upload": pa.array([row[0] for row in rows], pa.string()),
            "recording": pa.array([row[1] for row in rows], pa.string()),
            "percent": pa.array([row[2] for row in rows], pa.int64()),
            "words": words,
            "word_count": counted(words),
            "skeleton": joined(words),
        }
    )


def fixed_tables() -> dict[str, pa.Table]:
    """`numbers` and `search_words`."""
    return {
        "numbers": pa.table({"n": pa.array(range(1, LONGEST + 1), pa.int32())}),
        "search_words": pa.table({"word": pa.array(search_words(), pa.string())}),
    }


@cache
def search_words() -> tuple[str, ...]:
    """The words that people search with, as shipped; a judgement, not fitted to anything."""
    text = files("accord.integrity").joinpath("search_words.txt").read_text("utf-8")
    return tuple(sorted({word for line in text.splitlines() if not line.startswith("#") for word in line.split()}))


def words_column(texts: Column) -> Column:
    """Each text's words with one space between, as they look; at most LONGEST of them."""
    texts = _one(texts)
    ascii_only = pc.equal(pc.binary_length(texts), pc.utf8_length(texts))
    kept = pc.replace_substring_regex(pc.ascii_lower(texts), f"[{''.join(c for c in DROPPED if c.isascii())}]", "")
    plain = pc.utf8_trim(pc.replace_substring_regex(kept, "[^0-9a-z]+", " "), " ")
    others = pa.array([spaced(text) for text in texts.filter(pc.invert(ascii_only)).to_pylist()], pa.string())
    found = pc.replace_with_mask(plain, pc.invert(ascii_only), others)
    long = pc.greater(counted(found), LONGEST)
    if not pc.any(long).as_py():
        return found
    cut = [" ".join(text.split()[:LONGEST]) for text in found.filter(long).to_pylist()]
    return pc.replace_with_mask(found, long, pa.array(cut, pa.string()))


def bare_titles(titles: Column) -> Column:
    """Titles without what stands in brackets, and without a last part that speaks of a version."""
    return pc.replace_substring_regex(pc.replace_substring_regex(_one(titles), BRACKETED, " "), VERSION, "")


def counted(words: Column) -> Column:
    """How many words each has."""
    return pc.if_else(pc.equal(words, ""), 0, pc.add(pc.count_substring(words, " "), 1)).cast(pa.int64())


def joined(words: Column) -> Column:
    """The skeleton: the words in one, cut to LONGEST letters."""
    return pc.utf8_slice_codeunits(pc.replace_substring(_one(words), " ", ""), 0, LONGEST)


def by_value(texts: Column, change: Callable[[str], str]) -> Column:
    """The same change to every text, worked out once for each that is different."""
    coded = _one(texts).dictionary_encode()
    return pa.array([change(text) for text in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def spaced(text: str) -> str:
    """A text's words as they look, one space between."""
    return " ".join(words_of(text)[:LONGEST])


def as_written(name: str) -> str:
    """A name in one word as its letters are, whatever they look like: case, accents and punctuation dropped."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold().translate(LATIN))
    return "".join(char for char in parts if char.isalnum())[:LONGEST]


def _one(texts: Column) -> Column:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts

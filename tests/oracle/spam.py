"""What spam shows, in plain loops over every pair: the same six rules as `integrity/*.sql`, slowly.

Rows are dictionaries with the columns of `spam_tables`; a sign is (signal, upload, value, among, other).
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Signs = set[tuple[str, str, int, int, str]]
DAY, WEEK = 86_400, 604_800


def signs(
    uploads: list[Row], artists: list[Row], matched: list[Row], search: set[str], limits: dict[str, int]
) -> Signs:
    """All signs of all uploads."""
    found: Signs = set()
    for one in uploads:
        for signal, sign in (
            ("mass_uploads", mass_uploads(one, uploads, limits)),
            ("short_series", short_series(one, uploads, limits)),
            ("renamed_sounds", renamed_sounds(one, uploads)),
            ("bait_titles", bait_titles(one, artists, search, limits)),
            ("lookalike_names", lookalike_names(one, uploads, artists, limits)),
            ("others_sound", others_sound(one, matched, limits)),
        ):
            if sign is not None:
                found.add((signal, one["upload"], *sign))
    return found


def mass_uploads(one: Row, uploads: list[Row], limits: dict[str, int]) -> tuple[int, int, str] | None:
    """The uploads of the day that are as long, where the day has a usual length and a word of the title is usual there."""
    mine = _day(one, uploads)
    words = [w for w in set(one["core"].split()) if len(w) >= 3 and not set(w) <= set("0123456789")]
    if len(mine) < limits["mass_uploads"] or not words:
        return None
    as_long = _as_long(one, uploads)
    peak = max(_as_long(u, uploads) for u in mine)
    busy = [u for u in mine if len(_day(u, uploads)) >= limits["mass_uploads"]]
    most = max(sum(word in u["core"].split() for u in busy) for word in words)
    stands_out = (
        as_long >= limits["mass_alike"]
        and peak * 1_000_000 >= len(mine) * limits["mass_length_ppm"]
        and most * 1_000_000 >= len(mine) * limits["mass_word_ppm"]
    )
    return (as_long, len(mine), "") if stands_out else None


def _day(one: Row, uploads: list[Row]) -> list[Row]:
    return [u for u in uploads if u["account"] == one["account"] and abs(u["at_s"] - one["at_s"]) <= DAY]


def _as_long(one: Row, uploads: list[Row]) -> int:
    return sum(u["duration_ms"] // 20_000 == one["duration_ms"] // 20_000 for u in _day(one, uploads))


def short_series(one: Row, uploads: list[Row], limits: dict[str, int]) -> tuple[int, int, str] | None:
    """Of the week's uploads, those of about half a minute."""

    def short(u: Row) -> bool:
        return limits["short_from_ms"] <= u["duration_ms"] <= limits["short_to_ms"]

    mine = [u for u in uploads if u["account"] == one["account"] and abs(u["at_s"] - one["at_s"]) <= WEEK]
    shorts = sum(short(u) for u in mine)
    many = shorts >= limits["series"] and shorts * 1_000_000 >= len(mine) * limits["series_ppm"]
    return (shorts, len(mine), "") if short(one) and many else None


def renamed_sounds(one: Row, uploads: list[Row]) -> tuple[int, int, str] | None:
    """Names that its sound had before under somebody unlike the first, or other titles by the same account."""
    same = sorted((u for u in uploads if u["sound"] == one["sound"] != ""), key=lambda u: (u["at_s"], u["upload"]))
    if not same:
        return None
    before = same[: same.index(one)]
    names = {(u["core"], u["artist"]) for u in before} - {(one["core"], one["artist"])}
    titles = {u["core"] for u in before if u["account"] == one["account"]} - {one["core"]}
    first, others = same[0], len(titles)
    if one["artist"] and first["artist"] and not _share_a_name(one, first):
        others = max(len(names), len(titles))
    return (others, len(before) + 1, first["upload"]) if others else None


def _share_a_name(one: Row, other: Row) -> bool:
    if one["artist"] == other["artist"]:
        return True
    pieces = [{*u["artist"].split(), u["artist_skeleton"]} for u in (one, other)]
    return any(len(word) >= 4 for word in pieces[0] & pieces[1])


def bait_titles(one: Row, artists: list[Row], search: set[str], limits: dict[str, int]) -> tuple[int, int, str] | None:
    """Search words and known artists in a title."""
    words = one["words"].split()
    spans = {" ".join(words[k : k + n]) for k in range(len(words)) for n in (1, 2, 3) if k + n <= len(words)}
    named = {
        a["words"]: min(b["artist"] for b in artists if b["words"] == a["words"])
        for a in artists
        if len(a["words"]) >= limits["bait_name_letters"]
        and a["words"] in spans
        and f" {a['words']} " not in f" {one['artist']} "
    }
    value = len({word for word in words if word in search} | set(named))
    full = value >= limits["bait"] and value * 1_000_000 >= len(words) * limits["bait_ppm"]
    return (value, len(words), max(named.values(), default="")) if full else None


def lookalike_names(
    one: Row, uploads: list[Row], artists: list[Row], limits: dict[str, int]
) -> tuple[int, int, str] | None:
    """The known artist whose name this one can be taken for."""
    plain, look = one["artist_plain"], one["artist_skeleton"]
    known = {a["plain"] for a in artists}
    if plain in known or not look:
        return None
    strange = {u["artist"] for u in uploads if u["artist_plain"] not in known and u["artist_skeleton"]}
    names = strange | {a["words"] for a in artists}
    rare = min(sum(word in name.split() for name in names) for word in one["artist"].split()) <= limits["rare_names"]
    own = {u["artist_plain"] for u in uploads if u["account"] == one["account"]}
    found = []
    for a in artists:
        letters = len(a["skeleton"])
        near = letters >= limits["near_letters"] and rare and _struck(look) & _struck(a["skeleton"])
        if a["plain"] not in own and letters >= limits["name_letters"] and (look == a["skeleton"] or near):
            found.append((edits(look, a["skeleton"]), -letters, a["artist"]))
    if not found:
        return None
    apart, letters, artist = min(found)
    return -letters - apart, apart, artist


def _struck(word: str) -> set[str]:
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}


def edits(one: str, other: str) -> int:
    """Levenshtein's distance, by its definition."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b)))
    return row[-1]


def others_sound(one: Row, matched: list[Row], limits: dict[str, int]) -> tuple[int, int, str] | None:
    """The recording that it mostly is, when nobody credited there is declared here."""
    heard = [
        m
        for m in matched
        if m["upload"] == one["upload"] and m["percent"] >= limits["matched_percent"] and m["skeleton"]
    ]
    if not heard or not one["artist"]:
        return None
    mine = {word for word in (*one["artist"].split(), one["artist_skeleton"]) if len(word) >= 4} | {
        one["artist_skeleton"]
    }
    if any(mine & {*m["words"].split(), m["skeleton"]} for m in heard):
        return None
    percent, recording = min((-m["percent"], m["recording"]) for m in heard)
    return -percent, 100, recording


def strongest(found: Signs, whose: dict[str, str]) -> dict[tuple[str, str], tuple[str, int, int, str, int]]:
    """(account, signal) → its strongest upload, value, among, other, and how many uploads show it."""
    made = {}
    for account, signal in {(whose[sign[1]], sign[0]) for sign in found}:
        mine = [sign for sign in found if (whose[sign[1]], sign[0]) == (account, signal)]
        _, upload, value, among, other = min(mine, key=lambda sign: (-sign[2], sign[1]))
        made[account, signal] = (upload, value, among, other, len(mine))
    return made

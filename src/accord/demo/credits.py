"""Who wrote, publishes, plays and controls what in the demonstration; nothing here is true of anybody.

Splits are chosen for what later steps must show: whole shares, halves, 62.5 to 37.5, thirds that a format writes as 33.33,
and one work of which an eighth is claimed by nobody in Japan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from accord.demo.people import Cast
from accord.demo.records import Recording, Release, Work
from accord.terms.identifiers import icpn, isrc, iswc

Place = tuple[str, str, str]
Shared = tuple[tuple[str, Fraction], ...]
ARTIST_BANDS = {
    "ilse-varga": 1, "the-copper-wren": 0, "marlow-quintet": 6, "noa-sundqvist": 5,
    "teodor-lindqvist-vale": 2, "sable-harbour": 4, "ana-coracao-de-lima": 7, "the-night-ferry": 5,
    "hollis-brandt": 3, "queen-anemone": 7, "orla-penhaligon": 0, "air-pavilion": 5,
    "juno-abara": 3, "pell-sons": 0, "mika-tanabe-ross": 2, "vesper-oduya": 6,
}  # fmt: skip
SINGERS = ("ana-coracao-de-lima", "queen-anemone")
EIGHTH, HALF = Fraction(1, 8), Fraction(1, 2)
MISSING_IN = "JP"
TITLE_MAX = 60


def iswc_of(index: int) -> str:
    """The ISWC of the demonstration's work `index`, of a range of its own."""
    return iswc.with_check_digit(999_000_000 + index)


def writers(index: int, people: Cast) -> Shared:
    """Writers of work `index`, with what each wrote: mostly one, often two, now and then three."""
    keys = list(people.writers)
    first = keys[(index * 7) % len(keys)]
    if index % 12 == 5:
        others = [keys[(index * 7 + 13) % len(keys)], keys[(index * 7 + 5) % len(keys)]]
        return tuple((key, Fraction(1, 3)) for key in dict.fromkeys((first, *others)))
    if index % 4 == 1:
        second = keys[(index * 7 + 12) % len(keys)]
        part = HALF if index % 12 == 1 else (Fraction(5, 8), Fraction(3, 4))[index // 12 % 2]
        return ((first, part), (second, 1 - part))
    return ((first, Fraction(1)),)


def publishers(shared: Shared, people: Cast) -> Shared:
    """What each publisher administers: the sum of its writers' parts."""
    found: dict[str, Fraction] = {}
    for writer, part in shared:
        publisher = people.publisher_of[writer]
        found[publisher] = found.get(publisher, Fraction(0)) + part
    return tuple(sorted(found.items()))


def setting_title(tune: str, shared: Shared, people: Cast) -> str:
    """A title of its own for a setting: the tune's and the writers' surnames, at most the 60 characters of CWR."""
    surnames = [people.writers[key].name.split()[-1] for key, _ in shared]
    together = " & ".join(surnames)
    for named in (f"{together} setting", together, f"{surnames[0]} & others", surnames[0]):
        title = f"{tune[:-1]}, {named})" if tune.endswith(")") else f"{tune} ({named})"
        if len(title) <= TITLE_MAX:
            return title
    raise ValueError(f"`{tune}` is too long a title for a setting of it")


def with_special_splits(works: Sequence[Work], artist_of: dict[str, str]) -> list[Work]:
    """The first recorded half-and-half work of both publishers loses an eighth in Japan."""
    out = list(works)
    for index, work in enumerate(out):
        both = {key for key, _ in work.publishers} == {"larkspur", "stonebridge"}
        steady = (
            all(key not in UNSTEADY for key, _ in work.writers)
            and artist_of.get(work.tune, "noa-sundqvist") not in UNSTEADY
        )
        if both and steady and all(part == HALF for _, part in work.publishers):
            out[index] = replace(work, gaps=(("stonebridge", MISSING_IN, HALF - EIGHTH),))
            return out
    raise ValueError("no recorded work is shared half and half: the demonstration's splits changed")


#: People who say no, say nothing, or take it back in the story: the missing eighth must be the only thing missing.
UNSTEADY = frozenset({
    "adela-fenwick", "piers-dunmore", "wendel-acheson", "yara-quill", "niels-corvo",
    "noa-sundqvist", "marlow-quintet", "vesper-oduya", "ana-coracao-de-lima", "air-pavilion", "ilse-varga",
})  # fmt: skip


def places(people: Cast, count: int) -> list[Place]:
    """Who records: (artist, controller, company) in turns, so that every artist has several."""
    rows: list[Place] = []
    for company in ("aurelia", "meridian", "commonhall", "openhand"):
        if company == "commonhall":
            labels = people.companies[company].members
            rows += [(people.artists_of[label][0], label, company) for label in labels]
        elif company == "openhand":
            rows += [(artist, artist, company) for artist in people.companies[company].members]
        else:
            rows += [(artist, company, company) for artist in people.artists_of[company]]
    return [rows[i % len(rows)] for i in range(count)]


def recordings(
    works: Sequence[Work], placed: dict[str, Place], people: Cast
) -> tuple[tuple[Recording, ...], dict[str, str]]:
    """The recordings of these works, and the ISRCs that later steps ask for by name."""
    numbers: dict[str, int] = {}
    found: list[Recording] = []
    for work in works:
        artist, controller, company = placed[work.tune]
        prefix = people.companies[controller if controller in people.companies else company].prefix
        numbers[prefix] = numbers.get(prefix, 0) + 1
        title = work.title.rpartition(" (")[0]
        vocal = artist in SINGERS
        ai = {"aurelia": "None"}.get(company, "")
        code = isrc.mint(prefix, 2026, numbers[prefix])
        found.append(Recording(code, title, work.number, artist, controller, company, vocal, ai))
    return _with_parts(found, works)


def _with_parts(found: list[Recording], works: Sequence[Work]) -> tuple[tuple[Recording, ...], dict[str, str]]:
    gap = next(w.number for w in works if w.gaps)
    by_work = {r.work: r for r in found}
    marked = {"missing_eighth": by_work[gap].isrc}
    free = [r for r in found if r.isrc not in marked.values()]
    marked["one_no"] = [r for r in free if r.artist == "ilse-varga"][-1].isrc
    marked["no_brazil"] = next(r for r in free if r.company == "meridian" and r.artist == "the-night-ferry").isrc
    marked["ai_partly"] = next(r for r in free if r.artist == "mika-tanabe-ross").isrc
    marked["duplicate_upload"] = next(r for r in free if r.artist == "orla-penhaligon").isrc
    bach = {w.number for w in works if "BWV" in w.title}
    marked["chorale"] = next(r for r in free if r.work in bach).isrc
    out = [
        replace(r, not_in=("BR",))
        if r.isrc == marked["no_brazil"]
        else replace(r, ai="Partly")
        if r.isrc == marked["ai_partly"]
        else r
        for r in found
    ]
    return tuple(out), marked


def releases(found: Sequence[Recording], people: Cast) -> tuple[Release, ...]:
    """One release for each artist, its tracks in the order of their ISRCs."""
    by_artist: dict[str, list[Recording]] = {}
    for recording in found:
        by_artist.setdefault(recording.artist, []).append(recording)
    return tuple(
        Release(
            icpn=icpn.with_check_digit(f"{999_000_000_000 + number:012d}"),
            title=TITLES[number % len(TITLES)],
            artist=artist,
            controller=tracks[0].controller,
            company=tracks[0].company,
            tracks=tuple(r.isrc for r in sorted(tracks, key=lambda r: r.isrc)),
        )
        for number, (artist, tracks) in enumerate(sorted(by_artist.items()))
    )


TITLES = (
    "Set Dances for a Small Room", "Lamplight", "The Long Field", "North of the Weir", "Airs and Graces", "Kitchen Floor",
    "Second Harvest", "The Tin Kettle", "Low Water", "Letters Home", "Paper Boats", "Open Windows", "The Half Door",
    "Winter Hornpipes", "Slow Ferry", "Borrowed Tunes",
)  # fmt: skip

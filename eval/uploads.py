"""A made-up catalogue of uploads for `eval/spam.py`: honest accounts of many kinds, and planted abuse of six.

Everything comes from one seed, in whole columns. Words follow Zipf's law; lengths are log-normal where music is. The honest
kinds are those that the signals could take for abuse; what share of uploads each has is PARTS. Planted data is easier than the
world: whoever plants knows what the rules look for, and nobody here tries to get around them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accord.integrity.spam_tables import search_words
from accord.integrity.spam_weights import SIGNALS

Array = Any
KINDS = tuple(SIGNALS)
START_S, SPAN_S, DAY_S = 1_704_067_200, 2 * 365 * 86_400, 86_400
KNOWN, HEARD = 20_000, 40_000  # artists and recordings of the catalogue
#: The share of uploads of each honest kind; what the planted ones leave is small artists'.
PARTS = {
    "labels": 0.15, "classical": 0.05, "interludes": 0.03, "chapters": 0.02, "cuts": 0.02, "sleep": 0.01, "tributes": 0.03,
    "reissues": 0.05, "retitled": 0.003, "heard": 0.03, "renamed_artists": 0.003, "remixes": 0.01, "namesakes": 0.005,
}  # fmt: skip
PLANTED = 0.01  # of each kind of abuse
CYRILLIC = dict(zip("aeopcxyi", "аеорсхуі", strict=True))


@dataclass
class Uploads:
    """Columns of some uploads, one element each. `kind`: the planted one, or −1; `sound` −1: like no other."""

    account: Array
    at_s: Array
    title: Array
    artist: Array
    duration_ms: Array
    sound: Array | None = None
    kind: int = -1
    matched: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.account)


class Maker:
    """One seed's words, names and numbers."""

    def __init__(self, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.accounts = 0
        self.words = self._vocabulary(12_000)
        self.firsts, self.lasts = self.words.take(self._some(12_000, 300)), self.words.take(self._some(12_000, 3_000))
        self.known = pc.unique(self.names(KNOWN + 4_000))[:KNOWN]
        self.search = pa.array([word for word in search_words() if len(word) > 2 and word.isalpha()], pa.string())

    def _some(self, of: int, count: int) -> Array:
        return self.dice.choice(of, count, replace=False)

    def _vocabulary(self, count: int) -> Array:
        """Words of two to four syllables; some of the hundred commonest are words that people search with."""
        heads = np.array([*"bdfghjklmnprstvw", "", "st", "tr", "sh", "ch", "gl", "br"])
        tails = np.array(["a", "e", "i", "o", "u", "an", "er", "in", "or", "el", "ai", "us", "en", "ar"])
        made: dict[str, None] = {}
        while len(made) < count:
            length = int(self.dice.integers(2, 5))
            made["".join(str(self.dice.choice(heads)) + str(self.dice.choice(tails)) for _ in range(length))] = None
        words = list(made)
        for rank, word in zip(
            range(6, 90, 7),
            ("rain", "summer", "party", "house", "dance", "ocean", "sleep", "baby", "beat", "sad"),
            strict=False,
        ):
            words[rank] = word
        return pa.array(words[:count], pa.string())

    def zipf(self, shape: Any, of: int) -> Array:
        """Ranks below `of`, the first ones commonest (Mandelbrot's form, shifted by 10: the first of 12,000 is 1.3 %)."""
        return np.minimum((10 * (1 + of / 10) ** self.dice.random(shape) - 10).astype(np.int64), of - 1)

    def titles(self, count: int, most: int = 5) -> Array:
        """One to `most` words by Zipf's law, in title case."""
        ranks, lengths = self.zipf((most, count), len(self.words)), self.dice.integers(1, most + 1, count)
        parts = [
            pc.if_else(pa.array(lengths > place), self.words.take(ranks[place]), pa.scalar(None, pa.string()))
            for place in range(most)
        ]
        return pc.utf8_title(pc.binary_join_element_wise(*parts, " ", null_handling="skip"))

    def names(self, count: int) -> Array:
        """People with first and last names, bands, and people of one rare name."""
        people = join(self.firsts.take(self.zipf(count, 300)), " ", self.lasts.take(self.zipf(count, 3_000)))
        bands = join("the ", self.words.take(self.zipf(count, 12_000)), " ", self.words.take(self.zipf(count, 12_000)))
        alone = join(
            self.words.take(self.dice.integers(0, 12_000, count)), self.lasts.take(self.dice.integers(0, 3_000, count))
        )
        which = pa.array(self.dice.choice(3, count, p=(0.55, 0.3, 0.15)))
        return pc.utf8_title(pc.choose(which, people, bands, alone))

    def lengths(self, count: int, middle_s: float = 205, spread: float = 0.32) -> Array:
        """Milliseconds, log-normal."""
        return (1000 * middle_s * np.exp(spread * self.dice.standard_normal(count))).astype(np.int64)

    def owners(self, sizes: Array) -> Array:
        """New accounts with so many uploads each: the account of each upload."""
        owner = np.repeat(np.arange(self.accounts, self.accounts + len(sizes)), sizes)
        self.accounts += len(sizes)
        return owner

    def sizes(self, total: int, least: int, most: int) -> Array:
        """Sizes between two bounds, small ones commoner, that add up to `total`."""
        drawn = np.exp(self.dice.uniform(np.log(least), np.log(most), 4 + 3 * total // least)).astype(np.int64)
        upto = int(np.searchsorted(np.cumsum(drawn), total))
        sizes = drawn[: upto + 1]
        sizes[-1] -= int(sizes.sum()) - total
        return sizes

    def bursts(self, sizes: Array, within_s: float) -> Array:
        """Instants: each group begins anywhere and lasts `within_s` at most."""
        begins = np.repeat(self.dice.uniform(START_S, START_S + SPAN_S, len(sizes)), sizes)
        return (begins + self.dice.random(int(sizes.sum())) * within_s).astype(np.int64)


def join(*parts: Any) -> Array:
    """Columns and texts, one after the other."""
    return pc.binary_join_element_wise(*parts, "")


def texts(values: Sequence[Any] | Array) -> Array:
    """Numbers as a column of text."""
    return pa.array(values).cast(pa.string())


def per(names: Array, sizes: Array) -> Array:
    """Each of the names as often as its group is large."""
    return names.take(np.repeat(np.arange(len(sizes)), sizes))


def small_artists(make: Maker, count: int) -> Uploads:
    """An account, a name, up to six records in two years."""
    sizes = make.sizes(count, 1, 60)
    record = make.dice.uniform(START_S, START_S + SPAN_S, (6, len(sizes))).astype(np.int64)  # the days of six records
    owner = make.owners(sizes)
    at = record[make.dice.integers(0, 6, count), owner - owner[0]] + make.dice.integers(0, 3_600, count)
    return Uploads(owner, at, make.titles(count), per(make.names(len(sizes)), sizes), make.lengths(count))


def labels(make: Maker, count: int) -> Uploads:
    """A label delivers its whole back catalogue, many artists, within two days."""
    sizes = make.sizes(count, 300, 6_000)
    owner = make.owners(sizes)
    roster = make.names(40 * len(sizes))
    artist = roster.take(np.repeat(np.arange(len(sizes)) * 40, sizes) + make.zipf(count, 40))
    middle = np.repeat(make.dice.uniform(140, 300, len(sizes)), sizes)  # a punk label's songs are shorter
    return Uploads(owner, make.bursts(sizes, 2 * DAY_S), make.titles(count), artist, make.lengths(count, middle, 0.28))


def classical(make: Maker, count: int) -> Uploads:
    """Works in movements: many titles with the same words, some of half a minute among longer ones."""
    sizes = make.sizes(count, 20, 400)
    owner, works = make.owners(sizes), make.dice.integers(1, 30, count)
    tempo = pa.array(("Allegro", "Andante", "Presto", "Largo", "Menuetto", "Adagio", "Vivace", "Prelude")).take(
        make.dice.integers(0, 8, count)
    )
    form = pa.array(("Sonata", "Suite", "Preludes", "Symphony", "Quartet", "Miniatures")).take(
        make.dice.integers(0, 6, count)
    )
    number = texts(make.dice.integers(1, 7, count))
    title = join(form, " No. ", texts(works), " in C Minor: ", number, ". ", tempo)
    short = make.dice.random(count) < 0.12
    lengths = np.where(short, make.dice.uniform(20_000, 70_000, count), make.lengths(count, 240, 0.6)).astype(np.int64)
    return Uploads(owner, make.bursts(sizes, 3 * DAY_S), title, per(make.names(len(sizes)), sizes), lengths)


def interludes(make: Maker, count: int) -> Uploads:
    """Beat tapes and concept albums: a third of the tracks are interludes of about half a minute."""
    sizes = make.sizes(count, 12, 40)
    short = make.dice.random(count) < 0.33
    lengths = np.where(short, make.dice.uniform(25_000, 45_000, count), make.lengths(count, 150)).astype(np.int64)
    title = pc.if_else(pa.array(short), join("Interlude: ", make.titles(count, 2)), make.titles(count))
    return Uploads(make.owners(sizes), make.bursts(sizes, 3_600), title, per(make.names(len(sizes)), sizes), lengths)


def chapters(make: Maker, count: int) -> Uploads:
    """Audio books: the same title with a number, two to five minutes each, a hundred in a day."""
    sizes = make.sizes(count, 20, 160)
    books, number = per(make.titles(len(sizes), 3), sizes), texts(np.concatenate([np.arange(1, s + 1) for s in sizes]))
    lengths = make.dice.integers(120_000, 300_000, count)
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(make.owners(sizes), make.bursts(sizes, 3_600), join(books, ", Chapter ", number), artist, lengths)


def cuts(make: Maker, count: int) -> Uploads:
    """Production music: each piece also as a cut of 60 and of 30 seconds."""
    sizes = make.sizes(count, 30, 600)
    which = np.arange(count) % 3
    names, lengths = make.titles(count, 3).take(np.arange(count) // 3), make.lengths(count, 140)
    cut = np.array(["", " (60 Second Edit)", " (30 Second Edit)"])[which]
    lengths = np.where(which == 0, lengths, np.where(which == 1, 60_000, 30_000) + make.dice.integers(0, 900, count))
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(make.owners(sizes), make.bursts(sizes, 5 * DAY_S), join(names, pa.array(cut)), artist, lengths)


def sleep(make: Maker, count: int) -> Uploads:
    """Honest music to sleep to: one or two search words a title, long tracks."""
    sizes = make.sizes(count, 3, 25)
    words = [make.search.take(make.dice.integers(0, len(make.search), count)) for _ in range(2)]
    second = pc.if_else(pa.array(make.dice.random(count) < 0.5), words[1], "")
    title = pc.utf8_title(join(words[0], " ", second, " ", make.titles(count, 2)))
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(make.owners(sizes), make.bursts(sizes, 90 * DAY_S), title, artist, make.lengths(count, 420))


def tributes(make: Maker, count: int) -> Uploads:
    """Covers, tributes and karaoke that name whom they honour."""
    sizes = make.sizes(count, 2, 80)
    whom = make.known.take(make.dice.integers(0, len(make.known), count))
    song = make.titles(count, 3)
    forms = (
        join(song, " (", whom, " Cover)"),
        join("A Tribute to ", whom),
        join(song, " (Karaoke Version) [Originally by ", whom, "]"),
    )
    title = pc.choose(pa.array(make.dice.choice(3, count, p=(0.5, 0.2, 0.3))), *forms)
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(make.owners(sizes), make.bursts(sizes, 60 * DAY_S), title, artist, make.lengths(count))


def reissues(make: Maker, count: int) -> Uploads:
    """Honest songs handed in again: remastered, on a compilation, by another distributor, with the name the other way round."""
    songs = count // 2
    title, sizes = make.titles(songs, 4), make.sizes(songs, 5, 40)
    first, last = make.firsts.take(make.zipf(songs, 300)), make.lasts.take(make.zipf(songs, 3_000))
    artist = pc.utf8_title(join(first, " ", last))
    again = pc.utf8_title(join(last, ", ", first))
    version = pa.array((" (2019 Remaster)", " - Live", "", " [Deluxe]")).take(make.dice.integers(0, 4, songs))
    spelled = pc.choose(
        pa.array(make.dice.choice(3, songs, p=(0.7, 0.2, 0.1))), artist, pa.array(["Various Artists"] * songs), again
    )
    owner, later = make.owners(sizes), make.owners(make.dice.permutation(sizes))
    at = make.bursts(sizes, 30 * DAY_S)
    lengths = make.lengths(songs)
    return Uploads(
        np.concatenate([owner, later]),
        np.concatenate([at, at + make.dice.integers(1, 300, songs) * DAY_S]),
        pa.concat_arrays([title, join(title, version)]),
        pa.concat_arrays([artist, spelled]),
        np.concatenate([lengths, lengths]),
        sound=np.concatenate([np.arange(songs), np.arange(songs)]),
    )


def retitled(make: Maker, count: int) -> Uploads:
    """The same account hands in the same sound under another title, once: a working title, a translation."""
    songs = count // 2
    sizes = make.sizes(songs, 1, 6)
    owner, at, artist = make.owners(sizes), make.bursts(sizes, 30 * DAY_S), per(make.names(len(sizes)), sizes)
    lengths, both = make.lengths(songs), np.concatenate([np.arange(songs)] * 2)
    return Uploads(
        np.concatenate([owner, owner]), np.concatenate([at, at + DAY_S]), make.titles(2 * songs), artist.take(both),
        lengths[both], sound=both,
    )  # fmt: skip


def heard(make: Maker, count: int) -> Uploads:
    """A recording of the catalogue handed in by its own artist: alone, with a guest, or under the name the other way round."""
    sizes = make.sizes(count, 1, 30)
    which = make.dice.integers(0, HEARD, count)
    artist = credited(make, which)
    forms = (
        artist,
        join(artist, " feat. ", make.names(count)),
        join(make.names(count), " & ", artist),
        pc.utf8_upper(artist),
    )
    spelled = pc.choose(pa.array(make.dice.choice(4, count, p=(0.6, 0.15, 0.15, 0.1))), *forms)
    made = Uploads(make.owners(sizes), make.bursts(sizes, 60 * DAY_S), make.titles(count), spelled, make.lengths(count))
    made.matched = {"recording": which, "percent": make.dice.integers(55, 101, count)}
    return made


def renamed_artists(make: Maker, count: int) -> Uploads:
    """An artist takes another name, and another account hands in the same songs once more under it."""
    songs = count // 2
    sizes = make.sizes(songs, 4, 30)
    at, lengths, title = make.bursts(sizes, 30 * DAY_S), make.lengths(songs), make.titles(songs, 4)
    return Uploads(
        np.concatenate([make.owners(sizes), make.owners(sizes)]), np.concatenate([at, at + 200 * DAY_S]),
        pa.concat_arrays([title, title]), pa.concat_arrays([per(make.names(len(sizes)), sizes) for _ in range(2)]),
        np.concatenate([lengths, lengths]), sound=np.concatenate([np.arange(songs)] * 2),
    )  # fmt: skip


def remixes(make: Maker, count: int) -> Uploads:
    """Remixes with leave, of which a part sounds like the original; two in three name its artist."""
    sizes = make.sizes(count, 1, 20)
    which, remixer = make.dice.integers(0, HEARD, count), per(make.names(len(sizes)), sizes)
    named = pa.array(make.dice.random(count) < 0.67)
    artist = pc.if_else(named, join(credited(make, which), ", ", remixer), remixer)
    title = join(make.titles(count, 3), " (", remixer, " Remix)")
    made = Uploads(make.owners(sizes), make.bursts(sizes, 60 * DAY_S), title, artist, make.lengths(count, 260))
    made.matched = {"recording": which, "percent": make.dice.integers(20, 66, count)}
    return made


def namesakes(make: Maker, count: int) -> Uploads:
    """People called nearly like a known artist, by a spelling of the family name that others have too (Larsen, Larson)."""
    sizes = make.sizes(count, 1, 20)
    spellings = pa.array([other_spelling(word, make.dice) for word in make.lasts[:60].to_pylist()], pa.string())
    people = join(
        make.firsts.take(make.zipf(len(sizes), 300)), " ", spellings.take(make.dice.integers(0, 60, len(sizes)))
    )
    artist = per(pc.utf8_title(people), sizes)
    return Uploads(make.owners(sizes), make.bursts(sizes, 60 * DAY_S), make.titles(count), artist, make.lengths(count))


def other_spelling(word: str, dice: np.random.Generator) -> str:
    """A word with one letter changed."""
    at = int(dice.integers(1, len(word)))
    return word[:at] + str(dice.choice([c for c in "aeionrst" if c != word[at]])) + word[at + 1 :]


def credited(make: Maker, recordings: Array) -> Array:
    """Who each recording of the catalogue is credited to."""
    return make.known.take((recordings * 7) % len(make.known))


def mass_uploads(make: Maker, count: int) -> Uploads:
    """Hundreds within a day, made alike: a few words and a number, lengths close together."""
    sizes = make.sizes(count, 60, 1_500)
    few = make.words.take(make.dice.integers(0, 12_000, 24 * len(sizes)))
    base = np.repeat(np.arange(len(sizes)) * 24, sizes)
    one, other = (few.take(base + make.dice.integers(0, of, count)) for of in (5, 24))
    numbered = np.repeat(make.dice.random(len(sizes)) < 0.5, sizes)
    title = pc.if_else(pa.array(numbered), join(one, " ", texts(np.arange(count) % 997)), join(one, " ", other))
    middle, spread = (np.repeat(make.dice.uniform(*b, len(sizes)), sizes) for b in ((70, 200), (2, 22)))
    lengths = (1000 * (middle + spread * make.dice.standard_normal(count))).astype(np.int64)
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(make.owners(sizes), make.bursts(sizes, 20 * 3_600), pc.utf8_title(title), artist, lengths, kind=0)


def short_series(make: Maker, count: int) -> Uploads:
    """Tracks of just over half a minute, a dozen or more a week."""
    sizes = make.sizes(count, 10, 400)
    at = make.bursts(sizes, 6 * DAY_S) + np.concatenate([np.arange(s) // 60 for s in sizes]) * 7 * DAY_S
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(
        make.owners(sizes), at, make.titles(count, 3), artist, make.dice.integers(30_000, 40_000, count), kind=1
    )


def renamed_sounds(make: Maker, count: int) -> Uploads:
    """One sound under a heap of titles and names, from one account or a few."""
    sizes = make.sizes(count, 6, 60)
    ring = make.owners(np.ones(3 * len(sizes), np.int64))
    owner = ring[np.repeat(np.arange(len(sizes)) * 3, sizes) + make.dice.integers(0, 3, count)]
    lengths = np.repeat(make.lengths(len(sizes)), sizes)
    sound = np.repeat(np.arange(len(sizes)), sizes)
    return Uploads(
        owner, make.bursts(sizes, 40 * DAY_S), make.titles(count, 3), make.names(count), lengths, sound=sound, kind=2
    )


def bait_titles(make: Maker, count: int) -> Uploads:
    """Titles of search words, some with a known artist thrown in."""
    sizes = make.sizes(count, 2, 60)
    words = make.search.take(make.dice.random((count, len(make.search))).argsort(axis=1)[:, :11].ravel())
    lengths = make.dice.integers(3, 12, count)
    parts = [
        pc.if_else(pa.array(lengths > n), words.take(np.arange(count) * 11 + n), pa.scalar(None, pa.string()))
        for n in range(11)
    ]
    title = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    whom = make.known.take(make.dice.integers(0, len(make.known), count))
    title = pc.if_else(pa.array(make.dice.random(count) < 0.3), join(title, " like ", whom), title)
    artist = per(make.names(len(sizes)), sizes)
    return Uploads(
        make.owners(sizes), make.bursts(sizes, 90 * DAY_S), pc.utf8_title(title), artist, make.lengths(count), kind=3
    )


def lookalike_names(make: Maker, count: int) -> Uploads:
    """A known artist's name with letters of another script, or with one letter changed, doubled, left out or swapped."""
    sizes = make.sizes(count, 1, 20)
    whom = make.known.take(make.dice.integers(0, len(make.known), len(sizes))).to_pylist()
    artist = pa.array([disguised(name, make.dice) for name in whom], pa.string())
    return Uploads(
        make.owners(sizes),
        make.bursts(sizes, 60 * DAY_S),
        make.titles(count),
        per(artist, sizes),
        make.lengths(count),
        kind=4,
    )


def disguised(name: str, dice: np.random.Generator) -> str:
    """A name that can be taken for this one; half of them look exactly like it."""
    foreign = "".join(CYRILLIC.get(c, c) for c in name)
    if foreign != name and dice.random() < 0.5:
        return foreign
    places = [n for n in range(1, len(name)) if name[n - 1 : n + 1].isalpha() and name[n - 1] != name[n] != "e"]
    at = int(dice.choice(places))
    before, letter, after = name[:at], name[at], name[at + 1 :]
    forms = (
        before + 2 * letter + after,
        before + after,
        before + "e" + after,
        before[:-1] + letter + before[-1] + after,
    )
    return str(dice.choice(forms))


def others_sound(make: Maker, count: int) -> Uploads:
    """A recording of the catalogue under the name of somebody else."""
    sizes = make.sizes(count, 1, 40)
    which = make.dice.integers(0, HEARD, count)
    artist = per(make.names(len(sizes)), sizes)
    made = Uploads(
        make.owners(sizes), make.bursts(sizes, 60 * DAY_S), make.titles(count), artist, make.lengths(count), kind=5
    )
    made.matched = {"recording": which, "percent": make.dice.integers(55, 101, count)}
    return made


HONEST: dict[str, Callable[[Maker, int], Uploads]] = {
    "labels": labels, "classical": classical, "interludes": interludes, "chapters": chapters, "cuts": cuts, "sleep": sleep,
    "tributes": tributes, "reissues": reissues, "retitled": retitled, "heard": heard, "renamed_artists": renamed_artists,
    "remixes": remixes, "namesakes": namesakes,
}  # fmt: skip
ABUSE = (mass_uploads, short_series, renamed_sounds, bait_titles, lookalike_names, others_sound)
assert tuple(one.__name__ for one in ABUSE) == KINDS


@dataclass
class Made:
    """A catalogue: columns as `spam_tables` takes them, and what was planted."""

    raw: pa.Table
    kind: Array  # −1, or the place in KINDS
    group: Array  # which maker made it: 0 small artists, then HONEST, then ABUSE
    known: list[tuple[str, str]]
    matched: list[tuple[str, str, int, str]]


GROUPS = ("small artists", *HONEST, *KINDS)


def catalogue(count: int, seed: int) -> Made:
    """`count` uploads from a seed."""
    make = Maker(seed)
    parts = [make_one(make, 2 * (int(count * PARTS[name]) // 2)) for name, make_one in HONEST.items()]
    parts += [make_one(make, int(count * PLANTED)) for make_one in ABUSE]
    parts.insert(0, small_artists(make, count - sum(map(len, parts))))
    sounds, sound = 0, []
    for part in parts:
        own = np.arange(len(part)) if part.sound is None else part.sound
        sound.append(own + sounds)
        sounds += int(own.max()) + 1
    ids = join("upl_", texts(np.arange(count)))
    begins = np.cumsum([0, *map(len, parts)])
    recordings = [(part, begin) for part, begin in zip(parts, begins, strict=False) if part.matched]
    raw = pa.table(
        {
            "upload": ids,
            "account": join("acc_", texts(np.concatenate([part.account for part in parts]))),
            "at": pa.array(np.concatenate([part.at_s for part in parts]) * 1_000_000).cast(pa.timestamp("us")),
            "title": pa.concat_arrays([one(part.title) for part in parts]),
            "artist": pa.concat_arrays([one(part.artist) for part in parts]),
            "duration_ms": np.concatenate([part.duration_ms for part in parts]),
            "sound": join("s", texts(np.concatenate(sound))),
        }
    )
    return Made(
        raw=raw,
        kind=np.concatenate([np.full(len(part), part.kind) for part in parts]),
        group=np.concatenate([np.full(len(part), number) for number, part in enumerate(parts)]),
        known=[(f"pty_{n:06d}", name) for n, name in enumerate(make.known.to_pylist())],
        matched=[row for part, begin in recordings for row in heard_in(make, part, int(begin))],
    )


def heard_in(make: Maker, part: Uploads, begin: int) -> list[tuple[str, str, int, str]]:
    """(upload, recording, percent, artist credited) of the uploads that hold a recording of the catalogue."""
    which, percent = part.matched["recording"], part.matched["percent"]
    names = credited(make, which).to_pylist()
    return [
        (f"upl_{begin + n}", f"rec_{recording:06d}", int(much), name)
        for n, (recording, much, name) in enumerate(zip(which.tolist(), percent.tolist(), names, strict=True))
    ]


def one(column: Array) -> Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

"""Does a prompt ask for somebody who has not agreed? Names, their look-alikes and misspellings, in context. Pure.

The rule:
1. Text is reduced to what it looks like (`lookalikes`), with digits inside words read as letters, and single letters in a
   row joined.
2. A **distinctive** name (two words or more, not all of them everyday words) is refused wherever it stands, also written as
   one word or hyphenated, and with one wrong letter from 7 letters on, two from 12 on.
3. A name that is **one word**, or everyday words only (Queen, Air, The Band), is refused only where the words around it ask
   for the person: `in the style of N`, `sung by N`, `voice of N`, `sounds like N`, `N style`, `N's voice`, `N type beat` …
   After `a`, `an` or `the` it is the everyday word again, unless the article belongs to the name.
4. Words about voice or singing next to the name ask for `voice`, everything else for `style`.
So `an air for the queen` and `a waltz in E minor` pass though artists go by those words. Nobody is refused for a name
that is, letter for letter, also the name of somebody who agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accord.integrity.lookalikes import near, skeleton, words_of
from accord.terms.use import Use

DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}

ARTICLES = ("a", "an", "the")
STYLE_LEADS = tuple(
    tuple(p.split())
    for p in (
        "style of",
        "manner of",
        "sound of",
        "vein of",
        "spirit of",
        "mood of",
        "fashion of",
        "sounds like",
        "sound like",
        "sounding like",
        "just like",
        "exactly like",
        "similar to",
        "reminiscent of",
        "inspired by",
        "influenced by",
        "a la",
        "homage to",
        "tribute to",
        "cover of",
        "written by",
        "composed by",
        "produced by",
        "played by",
        "song by",
        "track by",
        "something by",
        "imitate",
        "imitating",
        "imitation of",
        "copy",
        "copying",
        "impersonate",
        "impersonating",
        "clone",
    )
)
VOICE_LEADS = tuple(
    tuple(p.split())
    for p in (
        "voice of",
        "vocals of",
        "vocals by",
        "vocal by",
        "vocals from",
        "sung by",
        "sing like",
        "sings like",
        "singing like",
        "rapped by",
        "featuring",
        "feat",
        "ft",
        "performed by",
        "voice like",
        "vocals like",
    )
)
STYLE_TRAILS = (
    "style",
    "styled",
    "stylised",
    "stylized",
    "vibe",
    "vibes",
    "type",
    "esque",
    "inspired",
    "soundalike",
    "band",
    "cover",
    "remake",
    "ish",
)
VOICE_TRAILS = ("voice", "vocal", "vocals", "singing", "sings", "sing")
_EVERYDAY = """
a air an and angel arcade art at autumn baby band bass beach beat bells big birds black blue blues boy boys brass
bright cat chamber choir city clean club cold cream dance dark day days dead dog doors dream dreams drum drums earth
east eagle eagles electric fast faces fire first five fly for forest four free garden genesis ghost girl girls go
gold golden good great green guitar happy harp heart heat high hollow home horn hot house in jazz journey joy key
kid kids king kings kiss lady lake last late light lights lion little long love low major man march massive me men
metal minor moon morning mountain mouse muse music my new night nine north not ocean of old on one open orchestra
organ our out pale passage piano pink police pop prince pulse punk queen quiet radio rain rainbow red river road
rock rose sad sailor sea second see seven shadow she silver simple singer six sky slow small smith snow soft song
soul sound south spring star stars stone stones storm street string strings summer sun sunday sweet the them three
time to town train travel tree trio two up velvet violin voice voices waltz war water wave we west white who wild
wind wings winter wolf wood world year yes young your
"""
EVERYDAY = frozenset(_EVERYDAY.split())


@dataclass(frozen=True)
class Trespass:
    """Somebody the prompt asks for: the party, the words that do, and the use that would need their yes."""

    party: str
    words: str
    use: Use


def asked_for(text: str, names: Mapping[str, Iterable[str]]) -> list[Trespass]:
    """Everybody in `names` (party → the names it goes by) whom the text asks for, in the order of the names."""
    prompts = readings(text)
    found: list[Trespass] = []
    for party, known in names.items():
        hit = next((h for name in known for words in prompts if (h := _hit(party, words_of(name), words))), None)
        if hit is not None:
            found.append(hit)
    return found


def trespasses(text: str, names: Mapping[str, Iterable[str]], agreed: Mapping[str, frozenset[Use]]) -> list[Trespass]:
    """Those asked for who have not agreed to that use; a name shared letter for letter with one who agreed is theirs."""
    wrong = []
    for hit in asked_for(text, names):
        bearers = {party for party, known in names.items() if hit.words in {skeleton(name) for name in known}}
        if not any(hit.use in agreed.get(party, frozenset()) for party in {hit.party, *bearers}):
            wrong.append(hit)
    return wrong


def distinctive(words: list[str]) -> bool:
    """Whether a name can only mean its bearer: two words or more, not all of them everyday words."""
    own = [w for w in words if w not in ARTICLES]
    return len(own) >= 2 and not all(w in EVERYDAY for w in own) and sum(map(len, own)) >= 5


def readings(text: str) -> list[list[str]]:
    """The prompt's words as they look, and again with digits read as letters and spelled-out words joined."""
    plain = words_of(text)
    possessive = [w[:-1] if w.endswith("s") and len(w) > 3 else w for w in plain]
    symbols = "".join(DIGITS.get(c, c) if c in "@$" else c for c in text)
    swapped = ["".join(DIGITS.get(c, c) for c in w) if not w.isdigit() else w for w in words_of(symbols)]
    readings = [plain, possessive, swapped, _joined(plain)]
    return [r for i, r in enumerate(readings) if r not in readings[:i]]


def _joined(words: list[str]) -> list[str]:
    """Runs of four or more single letters as one word: `n i n a` is nina."""
    out: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1:
            run.append(word)
            continue
        out += ["".join(run)] if len(run) >= 4 else run
        run = []
        out.append(word)
    return out[:-1]


def _hit(party: str, name: list[str], words: list[str]) -> Trespass | None:
    if not name:
        return None
    whole = "".join(name)
    clear = distinctive(name)
    allowed = 0 if len(whole) < 7 else (1 if len(whole) < 12 else 2)
    for size in range(1, len(name) + 2):
        for at in range(len(words) - size + 1):
            said = "".join(words[at : at + size])
            if not near(said, whole, allowed if clear else min(allowed, 1)):
                continue
            use = _asked_use(words, at, at + size, name)
            if clear or use is not None:
                return Trespass(party, said, use or Use.STYLE)
    return None


def _asked_use(words: list[str], start: int, end: int, name: list[str]) -> Use | None:
    """Which use the words around a name ask for; None when nothing there asks for a person."""
    before, after = words[max(0, start - 3) : start], words[end : end + 2]
    if before and before[-1] in ARTICLES and name[0] not in ARTICLES:
        return None
    after = after[1:] if after[:1] == ["s"] else after
    next_word = after[0] if after else ""
    if next_word in VOICE_TRAILS or any(tuple(before[-len(lead) :]) == lead for lead in VOICE_LEADS):
        return Use.VOICE
    if next_word in STYLE_TRAILS or any(tuple(before[-len(lead) :]) == lead for lead in STYLE_LEADS):
        return Use.STYLE
    return None

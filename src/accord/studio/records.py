"""What the studio hands out: sessions, takes, creations, and who is heard in them when."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from accord.terms.instant import Instant
from accord.terms.territory import EMPTY, TerritorySet


class TakeKind(StrEnum):
    """How a take came to be."""

    NEW = "new"
    CONTINUATION = "continuation"
    VARIATION = "variation"
    REMIX = "remix"
    EDIT = "edit"


class TakeState(StrEnum):
    """Where a take stands: nobody hears it before its check is done."""

    CHECKING = "checking"
    CLEAR = "clear"
    HELD = "held"


class DeedKind(StrEnum):
    """What somebody contributed to a take."""

    PROMPT = "prompt"
    SETTINGS = "settings"
    SEED_PHRASE = "seed phrase"
    PLAYED_PHRASE = "played phrase"
    MODEL = "model"
    SELECTION = "selection"
    CHOICE = "choice"
    EDIT = "edit"


class SourceSpan(msgspec.Struct, frozen=True):
    """`asset` is heard in the creation from `from_s` to `to_s` (seconds of the creation) at linear `gain`.

    `through` is what it came in with, the innermost first: takes of whoever laid them in, and creations of others, whose
    makers have a part in it. Of what a model wrote, `asset` is the model and `piece` the take that it wrote.
    """

    asset: str
    from_s: float
    to_s: float
    gain: float = 1.0
    through: tuple[str, ...] = ()
    piece: str | None = None


class RemixSource(msgspec.Struct, frozen=True, kw_only=True):
    """A clip to remix: seconds [start_s, end_s) of `asset`, coming in at `offset_s`; tempo and key correct the estimate."""

    asset: str
    start_s: float = 0.0
    end_s: float | None = None
    offset_s: float = 0.0
    gain: float = 1.0
    tempo_bpm: float | None = None
    key: str | None = None


class ClipAnalysis(msgspec.Struct, frozen=True):
    """What is known of a clip, how (`score`, `mix`, `estimate`, `user`), and how sure that is (0 to 1)."""

    asset: str
    tempo_bpm: float
    tempo_known: str
    tempo_confidence: float
    first_beat_s: float
    key: str
    key_known: str
    key_confidence: float
    other_tempos_bpm: tuple[float, ...] = ()
    runner_up_key: str = ""


class MixFigures(msgspec.Struct, frozen=True):
    """How well a mix fits: beats apart in ms as heard, keys apart in fifths as planned and as heard, LUFS, dBTP."""

    loudness_lufs: float
    true_peak_dbtp: float
    beat_offset_ms: float | None = None
    key_distance_fifths: int | None = None
    key_distance_heard_fifths: int | None = None


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """What a mix does to a clip: plays it `ratio` times as fast, `semitones` higher, from `from_s` on in the mix.

    `moved_s` is how far that is from where it was wanted, so that its beats fall on the first clip's; `tempo_bpm` and `key`
    are what it has then.
    """

    known: ClipAnalysis
    tempo_bpm: float
    ratio: float
    semitones: int
    key: str
    from_s: float
    moved_s: float


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """How the clips of a remix fit, and its seconds from `from_s` to `to_s` as MP3, before it is made."""

    fits: tuple[Fit, ...]
    figures: MixFigures
    from_s: float
    to_s: float
    sound: bytes


class Own(msgspec.Struct, frozen=True):
    """The notes of a take that are its creator's: `midi` in the vault holds them, `notes` of the take's `of`; `played` live."""

    midi: str
    notes: int
    of: int
    played: bool = False


class Deed(msgspec.Struct, frozen=True):
    """Who did what: an account, party or model, what it did, in words, and when. Prompts' texts are not here."""

    by: str
    kind: DeedKind
    what: str
    at: Instant


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt in a session. Its sound is `audio`, its notes `midi`, its stems `stems` (name, digest), all in the vault.

    `stood` is the journal position at which its creator last came to it, by making or choosing it.
    """

    id: str
    session: str
    feature: str
    creator: str
    kind: TakeKind
    audio: str
    duration_s: float
    at: Instant
    midi: str | None = None
    stems: tuple[tuple[str, str], ...] = ()
    lineage: tuple[SourceSpan, ...] = ()
    model: str | None = None
    parent: str | None = None
    territories: TerritorySet = EMPTY
    decisions: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    analyses: tuple[ClipAnalysis, ...] = ()
    figures: MixFigures | None = None
    key: str | None = None
    tempo_bpm: float | None = None
    made_by: tuple[Deed, ...] = ()
    own: Own | None = None
    made_from: tuple[SourceSpan, ...] = ()
    leaves: tuple[str, ...] = ()
    state: TakeState = TakeState.CHECKING
    case: str | None = None
    chosen: bool = False
    stood: int = 0


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """A take that its creator submitted: what is checked, attributed, released, metered and paid; `clips` were laid in by hand."""

    id: str
    take: str
    feature: str
    creator: str
    title: str
    audio: str
    duration_s: float
    at: Instant
    midi: str | None = None
    stems: tuple[tuple[str, str], ...] = ()
    lineage: tuple[SourceSpan, ...] = ()
    clips: int = 0
    model: str | None = None
    key: str | None = None
    tempo_bpm: float | None = None
    territories: TerritorySet = EMPTY
    decisions: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    made_by: tuple[Deed, ...] = ()
    own: Own | None = None
    of_takes: int = 1
    leaves: tuple[str, ...] = ()
    state: str = "submitted"
    demonstration: bool = True


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """The maker's yes to remixes of a released creation in one feature; `because` says why it ended, None while it stands."""

    id: str
    creation: str
    release: str
    maker: str
    feature: str
    at: Instant
    ended_at: Instant | None = None
    because: str | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A creator's sitting in one feature, and its takes, oldest first."""

    id: str
    creator: str
    feature: str
    at: Instant
    takes: tuple[Take, ...] = ()


class Seat(msgspec.Struct, frozen=True):
    """Where a creator sits down with the first take: a session that begins once there is one."""

    creator: str
    feature: str


class Comparison(msgspec.Struct, frozen=True):
    """Two takes side by side: rows of (what, in the first, in the second)."""

    first: str
    second: str
    rows: tuple[tuple[str, str, str], ...]


class Concept(msgspec.Struct, frozen=True, kw_only=True):
    """A concept test: two takes, what is asked, how many may vote, and how many did for each; `closed` says why it ended."""

    id: str
    creator: str
    session: str
    first: str
    second: str
    question: str
    audience: int
    votes_first: int
    votes_second: int
    at: Instant
    closed: str | None = None

    @property
    def votes(self) -> int:
        """How many voted."""
        return self.votes_first + self.votes_second

"""Uses: what somebody wants to do with music, a voice or a creation.

The vocabulary is Accord's own and small, because the public ones collide: CAWG's `ai_training` means *non*-generative
training, while ODRL's `ai-training` and RSL's `ai-train` mean any. `CROSSWALK` says what each of ours is called there;
None means that vocabulary has no word for it.
"""

from __future__ import annotations

from enum import StrEnum


class Use(StrEnum):
    """One use. The first seven are on the way in (of sources), the last four on the way out (of creations)."""

    TRAIN = "train"
    ANALYSE = "analyse"
    STYLE = "style"
    REMIX = "remix"
    COVER = "cover"
    VOICE = "voice"
    LIKENESS = "likeness"
    LISTEN = "listen"
    SHARE = "share"
    EXPORT = "export"
    SYNC = "sync"


INWARD = frozenset({Use.TRAIN, Use.ANALYSE, Use.STYLE, Use.REMIX, Use.COVER, Use.VOICE, Use.LIKENESS})
OUTWARD = frozenset(Use) - INWARD

#: use → {vocabulary: its word, or None where it has none}. Sources: DDEX AVS v9 UseType_ERN, CAWG TDM 1.1,
#: draft-ietf-aipref-vocab-08, RSL 1.0, ODRL AI vocabulary (draft).
CROSSWALK: dict[Use, dict[str, str | None]] = {
    Use.TRAIN: {
        "ddex": "UseForTrainingGenerativeAI",
        "cawg": "cawg.ai_generative_training",
        "aipref": "train-ai",
        "rsl": "ai-train",
        "odrl": "odrl:gen-ai",
    },
    Use.ANALYSE: {
        "ddex": "UseForTrainingNonGenerativeAI",
        "cawg": "cawg.ai_training",
        "aipref": None,
        "rsl": None,
        "odrl": "odrl:data-mining",
    },
    **{
        use: {"ddex": None, "cawg": None, "aipref": None, "rsl": None, "odrl": None}
        for use in (Use.STYLE, Use.REMIX, Use.COVER, Use.VOICE, Use.LIKENESS)
    },
    Use.LISTEN: {"ddex": "Stream", "cawg": None, "aipref": None, "rsl": None, "odrl": "odrl:play"},
    Use.SHARE: {"ddex": "MakeAvailable", "cawg": None, "aipref": None, "rsl": None, "odrl": "odrl:share"},
    Use.EXPORT: {"ddex": "PermanentDownload", "cawg": None, "aipref": None, "rsl": None, "odrl": "odrl:move"},
    Use.SYNC: {"ddex": None, "cawg": None, "aipref": None, "rsl": None, "odrl": None},
}

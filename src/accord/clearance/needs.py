"""The table of needs: which rights and which people each use of music needs (published; see docs/clearance.md).

Defaults of DESIGN.md, "Rights in one page": featured performers for uses of a recording; writers for `train`, `style`,
`remix` and `cover`; the vocalist for `voice`. Session players and producers are spoken for by their producer's mandate
and are not asked, but a no of anybody credited counts. Making something from a work is a mechanical
matter (MR); its being heard is a use of its own (`listen`, `share`: PR). `cover` uses the work and not the recording; `voice` and
`likeness` use the person and the recording and not the work. A use of a score needs the work's side alone.
"""

from __future__ import annotations

from typing import Final

import msgspec

from accord.terms.right import Right
from accord.terms.use import Use


class Needs(msgspec.Struct, frozen=True):
    """What a use needs: rights in the recording (its master) and in each work, roles of people on either side."""

    master: bool
    work_rights: tuple[Right, ...]
    performers: tuple[str, ...]
    writers: tuple[str, ...]

    @property
    def work_side(self) -> bool:
        """Whether the use touches the works at all."""
        return bool(self.work_rights or self.writers)

    @property
    def recording_side(self) -> bool:
        """Whether the use touches the recording or its performers at all."""
        return bool(self.master or self.performers)


_FEATURED: Final = ("featured",)
_WRITERS: Final = ("writer",)

NEEDS: Final[dict[Use, Needs]] = {
    Use.TRAIN: Needs(True, (Right.MR,), _FEATURED, _WRITERS),
    Use.ANALYSE: Needs(True, (Right.MR,), _FEATURED, ()),
    Use.STYLE: Needs(True, (Right.MR,), _FEATURED, _WRITERS),
    Use.REMIX: Needs(True, (Right.MR,), _FEATURED, _WRITERS),
    Use.COVER: Needs(False, (Right.MR,), (), _WRITERS),
    Use.VOICE: Needs(True, (), ("vocalist",), ()),
    Use.LIKENESS: Needs(False, (), _FEATURED, ()),
    Use.LISTEN: Needs(True, (Right.PR,), _FEATURED, ()),
    Use.SHARE: Needs(True, (Right.PR,), _FEATURED, ()),
    Use.EXPORT: Needs(True, (Right.MR, Right.PR), _FEATURED, ()),
    Use.SYNC: Needs(True, (Right.SR,), _FEATURED, ()),
}

#: How a sentence calls somebody in a role.
ROLE_WORDS: Final[dict[str, str]] = {
    "writer": "writer",
    "featured": "featured performer",
    "vocalist": "singer",
    "non-featured": "session player",
    "producer": "producer",
}

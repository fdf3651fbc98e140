"""The human share of a creation: who wrote, played, chose, edited and arranged, by one stated rule (pure).

Rule 1. Notes that a person wrote or played count in full: `w` of all notes; in a mix, `w` of each piece by the part of what
is heard that the piece is. Of what is left (1 − w), acts count up to a
half: having chosen one of n takes 20 % × (n − 1) / n; each edit by hand 5 %, up to 20 %; each clip selected and laid in
a remix 10 %, up to 30 %. The rest is the model's and the sources'. A prompt and settings are named and count nothing:
they say what is wanted and make none of it. The figure says what people did. It is not a judgement on authorship in
any country's law, and nobody is paid by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from accord.attribution import mixing
from accord.attribution.records import HumanPart, HumanShare
from accord.studio.records import Creation, Deed, DeedKind, Take

VERSION = 1
PPM = 1_000_000
CHOSE = Fraction(20, 100)
EDIT, MOST_EDITS = Fraction(5, 100), Fraction(20, 100)
CLIP, MOST_CLIPS = Fraction(10, 100), Fraction(30, 100)
MOST_ACTS = Fraction(1, 2)


def share(creation: Creation, pieces: Mapping[str, Take] = MappingProxyType({})) -> HumanShare:
    """The human share of `creation`; its parts sum to it. `pieces` are the takes of models that are heard in a mix."""
    own = _own(creation, pieces)
    acts = _acts(creation)
    counted = sum(weight for _, _, weight in acts)
    scale = (1 - own) * (min(MOST_ACTS, counted) / counted if counted else 0)
    parts = [HumanPart(did, what, int(weight * scale * PPM)) for did, what, weight in acts]
    if own:
        parts.insert(0, HumanPart(*_wrote(creation), int(own * PPM)))
    return HumanShare(VERSION, sum(part.ppm for part in parts), tuple(parts))


def _own(creation: Creation, pieces: Mapping[str, Take]) -> Fraction:
    """How much of it is notes that people wrote or played."""
    if creation.own is not None:
        return Fraction(creation.own.notes, creation.own.of)
    heard = mixing.shares(creation.lineage)
    brought = {name: Fraction(take.own.notes, take.own.of) for name, take in pieces.items() if take.own is not None}
    return sum((part * brought.get(name, 0) for name, part in heard.items()), Fraction(0))


def _wrote(creation: Creation) -> tuple[str, str]:
    """(did, what): notes of the creation itself, or of pieces that are heard in a mix."""
    if creation.own is None:
        return "wrote", "notes of pieces that are heard in it"
    return "played" if creation.own.played else "wrote", f"{creation.own.notes} of {creation.own.of} notes"


def _acts(creation: Creation) -> list[tuple[str, str, Fraction]]:
    """(did, what, weight) of everything that people did besides writing notes."""
    chosen, edits, clips = creation.of_takes, _deeds(creation, DeedKind.EDIT), creation.clips
    found = [("chose", f"one of {chosen} takes", CHOSE * (chosen - 1) / chosen)] if chosen > 1 else []
    if edits:
        found.append(("edited", "; ".join(deed.what for deed in edits), min(MOST_EDITS, EDIT * len(edits))))
    if clips:
        found.append(("arranged", f"{clips} clips", min(MOST_CLIPS, CLIP * clips)))
    return found


def _deeds(creation: Creation, kind: DeedKind) -> list[Deed]:
    return [deed for deed in creation.made_by if deed.kind is kind]

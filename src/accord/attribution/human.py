"""The human share of a creation: who wrote, played, chose, edited and arranged, by one stated rule (pure).

Rule 1. Notes that a person wrote or played count in full: `w` of all notes. Of what is left (1 − w), acts count up to a
half: having chosen one of n takes 20 % × (n − 1) / n; each edit by hand 5 %, up to 20 %; each clip selected and laid in
a remix 10 %, up to 30 %. The rest is the model's and the sources'. A prompt and settings are named and count nothing:
they say what is wanted and make none of it. The figure says what people did. It is not a judgement on authorship in
any country's law, and nobody is paid by it.
"""

from __future__ import annotations

from fractions import Fraction

from accord.attribution.records import HumanPart, HumanShare
from accord.studio.records import Creation, Deed, DeedKind

VERSION = 1
PPM = 1_000_000
CHOSE = Fraction(20, 100)
EDIT, MOST_EDITS = Fraction(5, 100), Fraction(20, 100)
CLIP, MOST_CLIPS = Fraction(10, 100), Fraction(30, 100)
MOST_ACTS = Fraction(1, 2)


def share(creation: Creation) -> HumanShare:
    """The human share of `creation`; its parts sum to it."""
    own = Fraction(creation.own.notes, creation.own.of) if creation.own else Fraction(0)
    acts = _acts(creation)
    counted = sum(weight for _, _, weight in acts)
    scale = (1 - own) * (min(MOST_ACTS, counted) / counted if counted else 0)
    parts = [HumanPart(did, what, int(weight * scale * PPM)) for did, what, weight in acts]
    if creation.own:
        did = "played" if creation.own.played else "wrote"
        parts.insert(0, HumanPart(did, f"{creation.own.notes} of {creation.own.of} notes", int(own * PPM)))
    return HumanShare(VERSION, sum(part.ppm for part in parts), tuple(parts))


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

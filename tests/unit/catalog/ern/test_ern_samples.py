"""DDEX's own sample messages: every party, resource, release and deal is counted, against a plain count of the XML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accord.catalog.ern import findings, read_ern

SAMPLES = {
    "ern_v381_Album.xml": "3.8.3",
    "ern_v42_Variant_BoxedSet.xml": "4.2",
    "ern_v43_1_Audio.xml": "4.3",
    "ern_v43_4_SimpleAudioSingle.xml": "4.3",
    "ern_v43_Variant_Classical.xml": "4.3",
}


def count(text: str, *tags: str) -> int:
    """How often any of these elements begins, by plain text search."""
    return sum(len(re.findall(rf"<{tag}[\s>]", text)) for tag in tags)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_part_of_a_sample_is_counted(shared_dir: Path, name: str) -> None:
    """Parties, resources, releases, deals, contributors, artists, files and ISRCs of DDEX's sample."""
    data = (shared_dir / "data" / "ern" / name).read_bytes()
    text, read = data.decode(), read_ern(data)
    assert read.version == SAMPLES[name]
    if SAMPLES[name].startswith("4"):
        assert len(read.parties) == count(text, "Party")
    else:
        people = re.findall(r"<(?:DisplayArtist|(?:Indirect)?ResourceContributor)[\s>].*?<FullName>(.*?)<", text, re.S)
        assert len(read.parties) == len(set(people))
    assert len(read.resources) == count(text, "SoundRecording", "Video", "Image", "Text", "SheetMusic", "Software")
    assert len(read.releases) == count(text, "Release", "TrackRelease", "ClipRelease")
    assert len(read.deals) == count(text, "Deal")
    assert sum(len(r.contributors) for r in read.resources) == count(
        text, "Contributor", "ResourceContributor", "IndirectResourceContributor"
    )
    isrcs = set(re.findall(r"<ISRC>(.*?)</ISRC>", text))
    assert {r.isrc for r in read.resources if r.isrc} == isrcs
    assert sum(len(r.files) for r in read.resources) == count(text, "File")


def test_territories_and_periods_of_every_deal_are_read(shared_dir: Path) -> None:
    """747 deals over 249 territories, each with one territory and a start."""
    read = read_ern((shared_dir / "data" / "ern" / "ern_v43_4_SimpleAudioSingle.xml").read_bytes())
    places = [deal.territories for deal in read.deals]
    assert all(place is not None and len(place) == 1 for place in places)
    assert len({place.text() for place in places if place is not None}) == 249
    assert all(deal.periods and deal.periods[0].start for deal in read.deals)


def test_no_sample_declares_anything_about_ai_or_rights(shared_dir: Path) -> None:
    """Undeclared stays undeclared: None, not `None`, and no controller is invented."""
    for name in SAMPLES:
        read = read_ern((shared_dir / "data" / "ern" / name).read_bytes())
        assert {r.contains_ai for r in read.resources} == {None}
        assert {c.ai for r in read.resources for c in r.contributors} <= {None}
        assert all(not r.rights for r in read.resources)
        assert not [f for f in findings(read) if f.code.startswith("ern.ai-")]


def test_the_track_list_keeps_its_order(shared_dir: Path) -> None:
    """The album's first tracks are A1, A2, A3."""
    read = read_ern((shared_dir / "data" / "ern" / "ern_v43_1_Audio.xml").read_bytes())
    album = next(r for r in read.releases if r.element == "Release")
    assert album.resources[:3] == ("A1", "A2", "A3")

"""Bring the freely licensed music on which fingerprints are evaluated, and the voices for babble, with their credits.

    .venv/bin/python eval/music.py DIR

Debian's own packages, by `apt-get download` (so on Debian or a derivative only; 1.9 GB, of which 1.4 GB one package,
and 0.5 GB stay): the soundtracks of Warzone 2100, Battle for Wesnoth, 0 A.D., Advanced Strategic Command and Nexuiz,
and the spoken prompts of Asterisk in five languages. Only audio is unpacked. Nothing of it becomes part of Accord.

DIR/tracks.tsv lists file, package, version, licence, credit, title and length; DIR/decoded holds each track of at
least 20 s as mono FLAC at 22,050 Hz (its first 300 s), DIR/voices each language's prompts in one file. What is
there already is not fetched again.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from accord.catalog import audio
from accord.integrity.peaks import RATE_HZ

MUSIC = ("warzone2100-music", "wesnoth-1.16-music", "asc-music", "nexuiz-music", "0ad-data")
VOICES = tuple(f"asterisk-core-sounds-{language}-wav" for language in ("en", "es", "fr", "it", "ru"))
SOUNDS = (".ogg", ".opus", ".mp3", ".flac", ".wav")
BUNDLES = (".zip", ".pk3")
TRACK_LEAST_S, TRACK_MOST_S = 20.0, 300.0
PROMPT_LEAST_S, VOICE_MOST_S = 2.0, 240.0
CREDITS_MOST = 400  # characters of a credit that are kept


@dataclass(frozen=True)
class Track:
    """One line of tracks.tsv."""

    file: str
    package: str
    version: str
    licence: str
    credit: str
    title: str
    seconds: float


def main() -> None:
    """Fetch, unpack, decode, list."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    folder: Path = options.parse_args().folder
    rows: list[Track] = []
    for package in (*MUSIC, *VOICES):
        place = folder / "packages" / package
        if not (place / "done").exists():
            with tempfile.TemporaryDirectory(dir=_made(folder)) as work:
                unpack(download(package, Path(work)), place, package, Path(work))
        version = (place / "done").read_text()
        licence, credit = credits((place / "copyright").read_text("utf-8"), package)
        if package in VOICES:
            rows.append(Track(*voice(place, folder), package, version, licence, credit, "spoken prompts", VOICE_MOST_S))
        else:
            rows += [
                Track(name, package, version, licence, credit, title, seconds)
                for name, title, seconds in decode(place, folder / "decoded", package)
            ]
    with (folder / "tracks.tsv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, delimiter="\t")
        table.writerow(field.name for field in fields(Track))
        table.writerows(astuple(row) for row in rows)
    print(f"{sum(r.package in MUSIC for r in rows)} tracks, {len(VOICES)} voices; credits in {folder / 'tracks.tsv'}")


def download(package: str, work: Path) -> Path:
    """The package's file, by the distribution's own client."""
    done = subprocess.run(["apt-get", "download", package], cwd=work, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{package}: apt-get download failed ({done.stderr.strip()[-200:]}); run apt-get update, or skip it.")
    return next(work.glob(f"{package}_*.deb"))


def unpack(package_file: Path, place: Path, package: str, work: Path) -> None:
    """Only sounds (also from bundles inside) and the copyright file; `done` holds the version and is written last."""
    _made(place)
    stream = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package_file], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=stream.stdout, mode="r|") as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isfile() else None
            if source is None:
                continue
            name = Path(member.name)
            if name.name == "copyright":
                (place / "copyright").write_bytes(source.read())
            elif name.suffix in SOUNDS:
                (place / "-".join(name.parts[-2:])).write_bytes(source.read())
            elif name.suffix in BUNDLES:
                bundle = work / name.name
                with bundle.open("wb") as out:
                    while block := source.read(1 << 20):
                        out.write(block)
                for inner, data in _music_of(bundle):
                    (place / inner).write_bytes(data)
                bundle.unlink()
    if stream.wait():
        sys.exit(f"{package_file.name}: dpkg-deb could not read it.")
    version = subprocess.run(["dpkg-deb", "-f", package_file, "Version"], capture_output=True, text=True, check=True)
    (place / "done").write_text(version.stdout.strip())


def _music_of(bundle: Path) -> Iterator[tuple[str, bytes]]:
    """Sounds of a game's bundle that lie in a folder of music."""
    with zipfile.ZipFile(bundle) as files:
        for name in files.namelist():
            path = Path(name)
            if path.suffix in SOUNDS and any("music" in part or part == "cdtracks" for part in path.parts[:-1]):
                yield "-".join(path.parts[-2:]), files.read(name)


def credits(text: str, package: str) -> tuple[str, str]:
    """(licence, credit) that a Debian copyright file states for a package: its language's stanza, else that of all."""
    stanzas = [dict(_fields(part)) for part in text.split("\n\n")]
    ours = f"{package.split('-')[-2]}-*"  # asterisk-core-sounds-fr-wav: fr-*
    for pattern in (ours, "*"):
        for stanza in stanzas:
            if pattern in stanza.get("Files", "").split() and "License" in stanza:
                return stanza["License"].split("\n")[0].strip(), " ".join(stanza["Copyright"].split())[:CREDITS_MOST]
    named = re.findall(r"(?:Copyright \([cC]\)|©)[^\n]*", text)
    plain = " ".join(text.split())
    version = re.search(r"either version (\d)|version (\d) or at your option", plain)
    licence = f"GPL-{version[1] or version[2]}+" if "General Public License" in plain and version else "see copyright"
    return licence, "; ".join(dict.fromkeys(named))[:CREDITS_MOST]


def _fields(stanza: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"^([A-Z][A-Za-z-]+):(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE):
        yield found[1], found[2].strip()


def decode(place: Path, out: Path, package: str) -> Iterator[tuple[str, str, float]]:
    """(file, title and artist, seconds) of each track that is long enough, decoded into `out`."""
    _made(out)
    for source in sorted(p for p in place.iterdir() if p.suffix in SOUNDS):
        name = f"{package.removesuffix('-music').removesuffix('-data')}-{source.stem}.flac"
        with soundfile.SoundFile(source) as file:
            seconds = min(len(file) / file.samplerate, TRACK_MOST_S)
            title = " / ".join(filter(None, (file.title, file.artist)))
            if seconds < TRACK_LEAST_S:
                continue
            if not (out / name).exists():
                sound = file.read(int(seconds * file.samplerate), np.float32, always_2d=True).mean(axis=1)
                _write(out / name, soxr.resample(sound, file.samplerate, RATE_HZ))
        yield name, title, round(seconds, 1)


def voice(place: Path, folder: Path) -> tuple[str]:
    """One language's longer prompts, joined into one file."""
    out = _made(folder / "voices") / f"{place.name.split('-')[-2]}.flac"
    if not out.exists():
        parts, total = [], 0.0
        for source in sorted(place.glob("*.wav")):
            spoken = not source.name.startswith("silence") and soundfile.info(source).duration >= PROMPT_LEAST_S
            if spoken and total < VOICE_MOST_S:
                parts.append(audio.read_mono(source, RATE_HZ))
                total += len(parts[-1]) / RATE_HZ
        _write(out, np.concatenate(parts))
    return (out.name,)


def _write(path: Path, sound: NDArray[np.float32]) -> None:
    """As FLAC, under its name only once it is whole."""
    part = path.with_suffix(".part")
    soundfile.write(part, np.clip(sound, -1, 1), RATE_HZ, format="FLAC", subtype="PCM_16")
    part.rename(path)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    main()

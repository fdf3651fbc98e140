"""Bring the voices on which voice likeness is evaluated, with their credits: one FLAC a sentence, in a folder a voice.

    .venv/bin/python eval/voices.py DIR

Debian's own packages, by `apt-get download` (100 MB): the spoken prompts of Asterisk by seven named people, at 8 kHz as
WAV or GSM, and those of five of these voices at 16 kHz as G.722, which `ffmpeg` decodes. Where `flite` and `espeak-ng`
are installed, sentences of docs/glossary.md are said by their voices too: synthetic, so hard negatives only.
DIR/voices.tsv lists voice, person, rate, package, version, licence, credit and sentences. Nothing of it becomes part of
Accord. What is there already is not fetched again.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import soundfile

from eval.music import credits, download

LEAST_S = 2.5
CORE = {"en": "Allison Smith", "es": "Allison Smith", "fr": "June Wallack", "it": "Carlo Flora", "ru": "Maxim Topal"}
PROMPTS = {
    "asterisk-prompt-es-co": "July E. Jiménez",
    "asterisk-prompt-fr-armelle": "Armelle Desjardins",
    "asterisk-prompt-it-menardi-wav": "Paola Dal Zot",
}
FLITE = ("awb", "kal16", "rms", "slt")
ESPEAK = ("en-gb", "en-us+f3", "en-us+m3", "de+f2", "fr-fr+m1", "it+f4")
SENTENCES = 30


@dataclass(frozen=True)
class Voice:
    """One line of voices.tsv; `person` is who speaks, and the program's name for a synthetic voice."""

    voice: str
    person: str
    rate_hz: int
    package: str
    version: str
    licence: str
    credit: str
    sentences: int


def main() -> None:
    """Fetch, decode, speak, list."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    folder: Path = options.parse_args().folder
    if shutil.which("ffmpeg") is None:
        sys.exit("ffmpeg is not installed: apt-get install ffmpeg (it decodes the prompts at 16 kHz).")
    packages = {f"asterisk-core-sounds-{code}-{kind}": who for code, who in CORE.items() for kind in ("wav", "g722")}
    rows = [recorded(folder, package, person) for package, person in (packages | PROMPTS).items()]
    rows += [row for program in ("flite", "espeak-ng") if shutil.which(program) for row in spoken(folder, program)]
    with (folder / "voices.tsv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, delimiter="\t")
        table.writerow(field.name for field in fields(Voice))
        table.writerows(astuple(row) for row in rows)
    print(f"{len(rows)} voices of {len({row.person for row in rows})} speakers; credits in {folder / 'voices.tsv'}")


def recorded(folder: Path, package: str, person: str) -> Voice:
    """A package's prompts that are long enough."""
    rate_hz = 16_000 if package.endswith("g722") else 8_000
    place = folder / str(rate_hz) / package.removeprefix("asterisk-").removesuffix("-wav").removesuffix("-g722")
    if not (place / "done").exists():
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            file = download(package, Path(work))
            for name, data in unpack(file):
                if name.endswith("copyright"):
                    (place / "copyright").write_bytes(data)
                else:
                    decode(data, Path(name), place, rate_hz, Path(work))
            said = subprocess.run(["dpkg-deb", "-f", file, "Version"], capture_output=True, text=True, check=True)
        (place / "done").write_text(said.stdout.strip())
    licence, credit = credits((place / "copyright").read_text("utf-8"), package)
    return Voice(place.name, person, rate_hz, package, (place / "done").read_text(), licence, credit, count(place))


def unpack(file: Path) -> Iterator[tuple[str, bytes]]:
    """The prompts of a package, digits and letters left out, and its copyright file."""
    stream = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=stream.stdout, mode="r|") as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isfile() else None
            sound = re.search(r"\.(wav|gsm|g722)$", member.name) and "silence" not in member.name
            if source is not None and (sound or member.name.endswith("copyright")):
                yield member.name, source.read()
    if stream.wait():
        sys.exit(f"{file.name}: dpkg-deb could not read it.")


def decode(data: bytes, name: Path, place: Path, rate_hz: int, work: Path) -> None:
    """One prompt as FLAC, when it is LEAST_S long or more."""
    raw = work / f"prompt{name.suffix}"
    raw.write_bytes(data)
    if name.suffix == ".g722":
        decoded = work / "prompt.wav"
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "g722", "-i", raw, decoded], check=True)
        sound, rate = soundfile.read(decoded, dtype="float32")
    elif name.suffix == ".gsm":
        sound, rate = soundfile.read(
            raw, dtype="float32", format="RAW", subtype="GSM610", channels=1, samplerate=rate_hz
        )
    else:
        sound, rate = soundfile.read(raw, dtype="float32")
    if len(sound) >= LEAST_S * rate:
        soundfile.write(place / f"{'-'.join(name.parts[-2:]).removesuffix(name.suffix)}.flac", sound, rate)


def spoken(folder: Path, program: str) -> Iterator[Voice]:
    """Every voice of a synthesiser, saying the same sentences."""
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", program], capture_output=True, text=True).stdout
    for voice in FLITE if program == "flite" else ESPEAK:
        name = f"{program}-{voice}"
        place = folder / "synthetic" / name
        place.mkdir(parents=True, exist_ok=True)
        for number, sentence in enumerate(sentences()):
            out = place / f"{number:02d}.wav"
            if not out.exists():
                said = ["-voice", voice, "-t", sentence, "-o", out] if program == "flite" else ["-v", voice, "-w", out]
                subprocess.run([program, *said, *([] if program == "flite" else [sentence])], check=True)
        licence = "BSD-like (CMU)" if program == "flite" else "GPL-3+"
        yield Voice(name, name, 16_000, program, version, licence, "synthetic", count(place))


def sentences() -> list[str]:
    """Sentences of the glossary, of a length that takes some seconds to say."""
    text = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text()
    plain = re.sub(r"[`*|#\[\]()_]|https?://\S+", " ", text)
    found = [" ".join(part.split()) for part in re.split(r"[.;:\n]", plain)]
    return [part for part in found if 45 <= len(part) <= 160][:SENTENCES]


def count(place: Path) -> int:
    """Sentences in a voice's folder."""
    return sum(path.suffix in {".flac", ".wav"} for path in place.iterdir())


if __name__ == "__main__":
    main()

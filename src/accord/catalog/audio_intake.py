"""The audio that a message names: found beside it, checked, and put into the vault (shell).

Nothing the message says about a file is believed: it must lie inside the folder, be the file whose hash is stated, decode
to its end and hold as much as its header claims. A file in the vault that no fact names does not exist, so this runs
before the journal is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote

import msgspec

from accord.catalog import audio
from accord.catalog.intake import FileGiven, Plan
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

Progress = Callable[[int, int], None]
ALGORITHMS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512"}


class Kept(msgspec.Struct, frozen=True):
    """A file in the vault: its digest there and how long it sounds, in seconds."""

    digest: str
    duration_s: float


def keep_all(plan: Plan, folder: Path, progress: Progress | None = None) -> dict[str, Kept]:
    """URI → the file in the vault, for every recording and stem. Raises: BadInput for the first that will not do."""
    wanted = list(_files(plan))
    found: dict[str, Kept] = {}
    paths = [(file, whole, locate(file.uri, folder)) for file, whole in wanted]  # all there, before any is read
    for number, (file, whole, path) in enumerate(paths, start=1):
        if file.uri not in found:
            found[file.uri] = _keep(file, path, whole)
        if progress:
            progress(number, len(paths))
    return found


def locate(uri: str, folder: Path) -> Path:
    """The file that `uri` names inside `folder`. Raises: BadInput when it leads elsewhere or to nothing."""
    root, shown = folder.resolve(), uri if len(uri) <= 120 else uri[:119] + "…"
    for name in dict.fromkeys((uri, unquote(uri))):
        path = root if "\x00" in name or "://" in name else (root / name).resolve()
        if path == root or not path.is_relative_to(root):
            raise BadInput(f"the message names the file `{shown}`", why="it leads out of the delivery's folder")
        if _is_file(path):
            return path
    raise BadInput(f"the message names the file `{shown}`, which is not there", do="deliver it beside the message")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than any file's
        return False


def _files(plan: Plan) -> Iterable[tuple[FileGiven, bool]]:
    for recording in plan.recordings:
        if recording.file is None:
            raise BadInput(f"recording `{recording.isrc}` names no audio file", do="name it, or deliver metadata only")
        yield recording.file, True
        for stem in recording.stems:
            yield stem.file, False


def _keep(file: FileGiven, path: Path, whole: bool) -> Kept:
    """Decoded to the end; a stem whose stated hash holds is whole, so its header is enough."""
    info = audio.probe(path, file.uri)
    same = _check_digest(file, path)
    duration_s = info.duration_s if same and not whole else audio.read(path, file.uri).duration_s
    return Kept(vault.put(path), round(duration_s, 6))


def _check_digest(file: FileGiven, path: Path) -> bool:
    """Whether the file's hash is stated and holds. Raises: BadInput when it is another file's."""
    algorithm = ALGORITHMS.get(file.algorithm.lower().replace("-", ""))
    if not algorithm or not file.digest:
        return False
    with path.open("rb") as data:
        found = hashlib.file_digest(data, algorithm).hexdigest()
    if found != file.digest.strip().lower():
        raise BadInput(
            f"`{file.uri}` is not the file that the message states",
            why=f"its {file.algorithm} is `{found}`",
            do="send both again",
        )
    return True

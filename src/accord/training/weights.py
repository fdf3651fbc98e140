"""Weights from elsewhere, handed in as a folder: its digest, and where on this machine the folder of a digest stands (shell).

Gigabytes are not copied: `ACCORD_HOME/weights` holds a link to the folder, under its digest, and the folder is read
through again before anything is loaded from it. Files that can carry code (pickles, Python) are not taken.
"""

from __future__ import annotations

from hashlib import file_digest, sha256
from pathlib import Path
from re import fullmatch

from django.conf import settings

from accord.terms.refusal import BadInput, Refusal, Refused

#: Endings of files that run code when they are opened.
CODE = frozenset({".bin", ".ckpt", ".dll", ".pickle", ".pkl", ".pt", ".pth", ".py", ".pyc", ".so"})


def digest(folder: Path) -> tuple[str, int]:
    """`sha256:<hex>` over the names and contents of all files in a folder, and their bytes together.

    Raises: BadInput for what is no folder, holds no weights, or holds files that can carry code or a link to a folder.
    """
    if not folder.is_dir():
        raise BadInput(f"`{folder}` is not a folder", do="name the folder that holds the model's files")
    found = sorted(folder.rglob("*"))
    if link := next((path for path in found if path.is_symlink() and path.is_dir()), None):
        why = "it is a link to a folder, and what is in there would be opened without having been looked at"
        raise BadInput(f"`{link.relative_to(folder)}` is not taken", why=why, do="put the folder itself in its place")
    files = [path for path in found if path.is_file()]
    for path in files:
        if path.suffix.lower() in CODE:
            why = "such a file can carry code that runs when it is opened"
            raise BadInput(
                f"`{path.relative_to(folder)}` is not taken", why=why, do="leave it out: safetensors are read"
            )
    if not any(path.suffix == ".safetensors" for path in files):
        raise BadInput(f"`{folder}` holds no weights", why="no file in it ends in .safetensors")
    whole, size = sha256(), 0
    for path in files:
        with path.open("rb") as opened:
            whole.update(
                f"{file_digest(opened, 'sha256').hexdigest()} {path.relative_to(folder).as_posix()}\n".encode()
            )
        size += path.stat().st_size
    return f"sha256:{whole.hexdigest()}", size


def is_digest(text: str) -> bool:
    """Whether it is written as the digest of a folder is."""
    return fullmatch(r"sha256:[0-9a-f]{64}", text) is not None


def place(folder: Path, weights: str) -> None:
    """Remember where on this machine the folder of a digest stands. Raises: BadInput when it holds something else."""
    found, _ = digest(folder)
    if found != weights:
        raise BadInput(f"`{folder}` holds other weights", why=f"their digest is {found}, not {weights}")
    remember(folder, weights)


def remember(folder: Path, weights: str) -> None:
    """As `place`, for a folder that was just read through."""
    link = _link(weights)
    link.parent.mkdir(parents=True, exist_ok=True)
    beside = link.with_suffix(".new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(folder.resolve(), target_is_directory=True)
    beside.replace(link)


def placed(weights: str) -> Path | None:
    """The folder of a digest on this machine, if it is still there; what is in it is not looked at."""
    link = _link(weights)
    return link.resolve() if link.is_dir() else None


def folder_of(model: str, weights: str) -> Path:
    """The folder of a digest, read through and found to be it. Raises: Refused when it is not there or was changed."""
    folder = placed(weights)
    hint = f"`accord model place {model} FOLDER` says where they are"
    if folder is None:
        because = f"the weights of {model} are not on this machine"
        raise Refused(Refusal(code="training.no-weights", because=because, hint=hint, subject=model))
    if digest(folder)[0] != weights:
        because = f"the weights of {model} are not what was registered: something in their folder was changed"
        raise Refused(Refusal(code="training.weights-changed", because=because, hint=hint, subject=model))
    return folder


def _link(weights: str) -> Path:
    return Path(settings.ACCORD_HOME) / "weights" / weights.removeprefix("sha256:")

"""Put and get files by content. A file that no fact names does not exist, so a put needs no undo."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import fsspec
from django.conf import settings

from accord.terms.refusal import BadInput, NotThere

CHUNK = 1 << 20


def put(data: bytes | Path) -> str:
    """Store bytes or a file; returns `sha256:<hex>`. Putting the same content again does nothing.

    A folder is written beside, fsynced and renamed; an object store by one put, which is atomic there.
    Raises: BadInput for a file that changes while it is read, since its name would not be its content's.
    """
    digest = _digest(data)
    filesystem, root = _store()
    target = f"{root}/{_name(digest)}"
    if exists(digest):
        if _local():
            _sync_way(Path(target))  # another process may have put it there a moment ago, and not yet this
        return digest
    if _local():
        _put_durably(data, Path(target), digest)
    elif isinstance(data, Path):
        filesystem.put_file(str(data), target)
    else:
        filesystem.pipe_file(target, data)
    return digest


def put_beside(data: bytes) -> tuple[str, Callable[[], None]]:
    """Store bytes while something else is done: their name, and what waits until they are durable. It raises what `put` does:
    call it before anything says that the file is there."""
    faults: list[BaseException] = []

    def run() -> None:
        try:
            put(data)
        except BaseException as fault:  # noqa: BLE001  # raised again to who waits
            faults.append(fault)

    def wait() -> None:
        thread.join()
        if faults:
            raise faults[0]

    thread = threading.Thread(target=run)
    thread.start()
    return _digest(data), wait


def read(digest: str) -> bytes:
    """The content, checked against its name. Raises: NotThere, BadInput when the stored file was damaged."""
    filesystem, root = _store()
    try:
        data: bytes = filesystem.cat_file(f"{root}/{_name(digest)}")
    except FileNotFoundError:
        raise NotThere(f"the vault has no `{digest}`") from None
    if _digest(data) != digest:
        raise BadInput(f"the vault's file `{digest}` is damaged", do="restore it from a backup")
    return data


def exists(digest: str) -> bool:
    """Whether the content is there."""
    filesystem, root = _store()
    return bool(filesystem.exists(f"{root}/{_name(digest)}"))


def local_path(digest: str) -> Path:
    """A path on this machine that holds the content; from an object store it is fetched once into a cache."""
    if not exists(digest):
        raise NotThere(f"the vault has no `{digest}`")
    _filesystem, root = _store()
    if _local():
        return Path(f"{root}/{_name(digest)}")
    cached = Path(settings.ACCORD_HOME) / "cache" / _name(digest)
    if not cached.exists():
        _put_durably(read(digest), cached, digest)
    return cached


def checked_path(digest: str) -> Path:
    """Like `local_path`, for what is read in parts or mapped: the content was checked against its name, once in this process
    for as long as the file is not written again. Raises: NotThere, BadInput when the stored file was damaged."""
    path = local_path(digest)
    state = path.stat()
    _check(digest, path, state.st_size, state.st_mtime_ns, state.st_ino)
    return path


@lru_cache(maxsize=1 << 16)  # a line each; what raises is not kept
def _check(digest: str, path: Path, size: int, changed_ns: int, inode: int) -> None:
    if _digest(path) != digest:
        raise BadInput(f"the vault's file `{digest}` is damaged", do="restore it from a backup")


@lru_cache(maxsize=8)
def _open_store(url: str) -> tuple[Any, str]:
    filesystem, root = fsspec.core.url_to_fs(url)
    return filesystem, root


def _store() -> tuple[Any, str]:
    return _open_store(settings.ACCORD_VAULT)


def _local() -> bool:
    return bool(settings.ACCORD_VAULT.startswith("file://"))


def _name(digest: str) -> str:
    scheme, _, hexadecimal = digest.partition(":")
    if scheme != "sha256" or len(hexadecimal) != 64 or not set(hexadecimal) <= set("0123456789abcdef"):
        raise BadInput(f"`{digest}` is not a name in the vault", do="names are sha256: and 64 hex digits")
    return f"{hexadecimal[:2]}/{hexadecimal[2:4]}/{hexadecimal}"


def _digest(data: bytes | Path) -> str:
    running = sha256()
    if isinstance(data, Path):
        with open(data, "rb") as file:
            while chunk := file.read(CHUNK):
                running.update(chunk)
    else:
        running.update(data)
    return f"sha256:{running.hexdigest()}"


def _put_durably(data: bytes | Path, target: Path, digest: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(draft, "wb") as out:
            _copy(data, out, digest)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_way(target)


def _sync_way(target: Path) -> None:
    """Make a file's name durable: in its folder, and that folder and the one above in the ones they lie in, since any of
    them may be new, from here or from another process. Without it a crash may forget a file that a fact names.

    All at once, each in a thread of its own: one after the other the disk would be waited for three times.
    """
    faults: list[OSError] = []
    threads = [threading.Thread(target=_sync, args=(folder, faults)) for folder in target.parents[:3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _sync(folder: Path, faults: list[OSError]) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as fault:
        faults.append(fault)


def _copy(data: bytes | Path, out: BinaryIO, digest: str) -> None:
    """Write `data`, a file under a hash taken anew: it may have changed since its name was made of it."""
    if isinstance(data, bytes):
        out.write(data)
        return
    running = sha256()
    with open(data, "rb") as source:
        while chunk := source.read(CHUNK):
            running.update(chunk)
            out.write(chunk)
    if f"sha256:{running.hexdigest()}" != digest:
        raise BadInput(f"`{data.name}` changed while it was read", do="deliver it when nothing writes to it any more")

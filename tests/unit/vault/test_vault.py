"""The vault and the private store."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from accord.terms.refusal import BadInput, NotThere
from accord.vault import actions as vault
from accord.vault import private


def test_content_is_named_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    """Bytes and a file with the same bytes have the same name."""
    file = tmp_path / "x"
    file.write_bytes(b"a chord")
    assert vault.put(b"a chord") == vault.put(file)
    assert vault.read(vault.put(b"a chord")) == b"a chord"


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name of what it was, nobody could ever read what it became; nothing of it stays behind."""
    file = tmp_path / "x"
    file.write_bytes(b"as it was when named")
    digest = vault._digest(file)
    monkeypatch.setattr(vault, "_digest", lambda _: digest)
    file.write_bytes(b"as it is when copied")
    with pytest.raises(BadInput, match="`x` changed while it was read"):
        vault.put(file)
    assert not vault.exists(digest)
    monkeypatch.undo()
    file.write_bytes(b"as it was when named")
    folder = vault.local_path(vault.put(file)).parent
    assert [left for left in folder.iterdir() if left.name.startswith(".")] == []


def test_what_is_read_in_parts_is_checked_once_and_again_when_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three askings hash the file once; a changed byte is found at the next asking, and at each after it."""
    digest, hashed, plain = vault.put(b"a long sound"), [], vault._digest
    monkeypatch.setattr(vault, "_digest", lambda data: hashed.append(data) or plain(data))
    paths = {vault.checked_path(digest) for _ in range(3)}
    assert hashed == list(paths) == [vault.local_path(digest)]
    hashed[0].write_bytes(b"a wrong sound")
    for _ in range(2):
        with pytest.raises(BadInput, match="is damaged"):
            vault.checked_path(digest)


def test_a_name_that_is_not_one_is_refused() -> None:
    """Paths cannot be smuggled in as names."""
    for name in ("sha256:../../etc/passwd", "md5:00", "sha256:" + "g" * 64):
        with pytest.raises(BadInput, match="not a name in the vault"):
            vault.read(name)


def test_a_missing_file_says_so() -> None:
    """Nothing is made up for content that was never stored."""
    with pytest.raises(NotThere):
        vault.read("sha256:" + "0" * 64)


def test_a_damaged_file_is_noticed() -> None:
    """Content that no longer fits its name is not handed out."""
    digest = vault.put(b"whole")
    vault.local_path(digest).write_bytes(b"holed")
    with pytest.raises(BadInput, match="damaged"):
        vault.read(digest)
    vault.local_path(digest).unlink()


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    """A put leaves exactly one file."""
    folder = vault.local_path(vault.put(b"only this")).parent
    assert [f.name for f in folder.iterdir() if f.name.startswith(".")] == []


def test_personal_data_comes_back_until_it_is_erased() -> None:
    """After erasure the reference in the facts leads to nothing."""
    ref = private.put("par_1", "name", {"name": "N"})
    other = private.put("par_2", "name", {"name": "M"})
    assert private.get(ref) == {"name": "N"}
    assert private.erase("par_1") == 1
    assert private.get(ref) is None
    assert private.get_many([ref, other]) == {other: {"name": "M"}}


def test_personal_data_is_not_on_disk_in_the_clear(home: Path) -> None:
    """The store's files do not contain the text."""
    private.put("par_3", "name", {"name": "Ottoline Quarrington"})
    for file in (home / "private").rglob("*"):
        assert b"Quarrington" not in file.read_bytes()


def test_what_is_removed_leaves_no_byte_and_takes_nothing_along(home: Path) -> None:
    """One object goes, sealed as it was, from every file of the store; the subject's others stay; again is no error."""
    gone, stays = private.put("par_5", "voice-print", bytes(range(256))), private.put("par_5", "name", {"name": "N"})
    with closing(sqlite3.connect(home / "private" / "private.sqlite3")) as store:
        (sealed,) = store.execute("SELECT sealed FROM object WHERE ref = ?", (gone,)).fetchone()
    assert any(sealed in file.read_bytes() for file in (home / "private").iterdir())
    private.remove(gone)
    private.remove(gone)
    assert private.get_bytes(gone) is None and private.get(stays) == {"name": "N"}
    assert not any(sealed in file.read_bytes() for file in (home / "private").iterdir())


def test_the_same_text_has_another_reference_each_time() -> None:
    """References are salted, so that a guess cannot be checked against the facts."""
    assert private.put("par_4", "name", {"name": "N"}) != private.put("par_4", "name", {"name": "N"})


def test_every_folder_on_the_way_is_made_durable(home, monkeypatch):
    """The file, the folder it is renamed in, and each folder that was new, in the one it lies in."""
    synced, real = [], os.fsync

    def spy(descriptor):
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", spy)
    path = vault.local_path(vault.put(os.urandom(32)))
    file, *folders = synced
    assert file.parent == path.parent and file.name.startswith(f".{path.name}")
    assert set(folders) == set(path.parents[:3]) and len(folders) == 3
    synced.clear()
    vault.put(path.read_bytes())
    assert sorted(synced) == sorted(folders)


def test_a_folder_that_cannot_be_made_durable_is_a_fault(home, monkeypatch):
    """The folders are synced beside each other; the fault of any of them is the put's."""
    real = os.fsync

    def failing(descriptor):
        if Path(os.readlink(f"/proc/self/fd/{descriptor}")) == Path(home) / "vault":
            raise OSError(5, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="Input/output"):
        vault.put(os.urandom(32))

"""A PostgreSQL server of the tests' own, in a temporary folder, on a socket: started, used, stopped."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.http import urlencode


def find_server() -> Path | None:
    """The folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    program = shutil.which("postgres")
    return Path(program).resolve().parent if program else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A fresh server; yields its DATABASE_URL. It refuses to run as root, so root runs it as `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="accord-postgres-"))
    user = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, user.pw_uid, user.pw_gid)
    log = folder / "log"

    def run(*command: str) -> None:
        prefix = (
            ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
            if os.getuid() == 0
            else []
        )
        subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run(str(programs / "initdb"), "-D", str(folder / "data"), "-U", "accord", "--auth=trust", "-E", "UTF8", "--no-sync")
    # no test takes the power away from this server, so it need not wait for the disk
    hasty = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=60 {hasty}"
    run(str(programs / "pg_ctl"), "-D", str(folder / "data"), "-l", str(log), "-w", "-o", options, "start")
    try:
        yield f"postgres://accord@/accord?{urlencode({'host': str(folder)})}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

"""A server under load: an ASGI application under granian in processes of its own, and connections that ask it (shell).

Figures are per second of the worker's own processor time, so that they hold on a machine that does other things too.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

TICKS_A_S = os.sysconf("SC_CLK_TCK")
START = """
import sys
from granian import Granian
from granian.constants import Interfaces
Granian(sys.argv[1], address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.ASGI, log_access=False,
        log_level="error", websockets=False).serve()
"""


class Load(msgspec.Struct, frozen=True):
    """What so many equal requests took: seconds on the clock, and of the server's processor time."""

    requests: int
    clock_s: float
    processor_s: float


@contextmanager
def serving(application: str, home: str) -> Iterator[int]:
    """Serve `module:name` on an instance with one worker; the port it answers on."""
    port = free_port()
    root = Path(__file__).resolve().parents[1]
    search = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    theirs = {**os.environ, "ACCORD_HOME": home, "PYTHONPATH": search}
    server = subprocess.Popen([sys.executable, "-c", START, application, str(port)], env=theirs, cwd=root)
    _servers[port] = server.pid
    try:
        until_it_answers(port)
        yield port
    finally:
        server.terminate()
        server.wait()


_servers: dict[int, int] = {}


def load(port: int, requests: Sequence[bytes], times: int, connections: int = 4) -> Load:
    """Send requests in turn, so many times, over several connections; every answer must be a 200, the same length each."""
    _ask_often(port, requests, len(requests) * 3)  # whatever is worked out once
    before, began = processor_s(_servers[port]), time.perf_counter()
    each = times // connections
    threads = [threading.Thread(target=_ask_often, args=(port, requests, each)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return Load(each * connections, took, processor_s(_servers[port]) - before)


def post(path: str, key: str, body: bytes) -> bytes:
    """A request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask(port: int, request: bytes) -> bytes:
    """The body of one answer. Raises: SystemExit when it is not a 200."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return _answer(connection, request)


def send_each(port: int, requests: Iterable[bytes]) -> list[bytes]:
    """The answers' bodies to different requests, one after another over one connection."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return [_answer(connection, request) for request in requests]


def _ask_often(port: int, requests: Sequence[bytes], times: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        told = {(at % len(requests), len(_answer(connection, requests[at % len(requests)]))) for at in range(times)}
    if len(told) != min(times, len(requests)):
        raise SystemExit("the same question got answers of several lengths")


def _answer(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(f"the server answered {head[:60]!r} {body[:300]!r}")
    length = int(next(line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")))
    parts, size = [body], len(body)
    while size < length:
        parts.append(_more(connection))
        size += len(parts[-1])
    return b"".join(parts)


def _more(connection: socket.socket) -> bytes:
    found = connection.recv(1 << 18)
    if not found:
        raise SystemExit("the server hung up")
    return found


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until_it_answers(port: int) -> None:
    """Wait until somebody listens on the port. Raises: SystemExit when nobody does."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise SystemExit("the server did not come up in 20 seconds")


def worked_s(port: int) -> float:
    """Processor time of the server on a port until now, in seconds."""
    return processor_s(_servers[port])


def processor_s(server: int) -> float:
    """Processor time of a process and of those it started, in seconds (Linux: /proc)."""
    total, todo = 0.0, [server]
    while todo:
        pid = todo.pop()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS_A_S
        for thread in Path(f"/proc/{pid}/task").iterdir():
            todo += [int(child) for child in (thread / "children").read_text().split()]
    return total


async def echo(scope, receive, send):  # type: ignore[no-untyped-def]
    """The limit: an ASGI application that reads JSON with msgspec and writes it back."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    answer = msgspec.json.encode(msgspec.json.decode(body))
    length = (b"content-length", str(len(answer)).encode())
    headers = [(b"content-type", b"application/json"), length]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})

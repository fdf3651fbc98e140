"""Telling how far something is while it is being made: an answer that goes on, a line for each step (shell).

A script asks for it (`Accept: text/event-stream`) and shows the steps; without one the answer is the page that follows.
Each line is `say WORDS`, and the last `go ADDRESS`, or `no SENTENCE` when it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread

from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase

from accord.clearance import queries as clearance
from accord.terms.refusal import BadInput, NotThere, Refused

STREAM = "text/event-stream"
Work = Callable[[Callable[[str], None]], str]


def told(request: HttpRequest, work: Work) -> HttpResponse:
    """`work` done, and the address that it gives: at once told of step by step, or a redirect when it is done."""
    if STREAM not in request.headers.get("Accept", ""):
        return HttpResponseRedirect(work(lambda words: None))
    answer: HttpResponseBase = StreamingHttpResponse(_lines(work), content_type=f"{STREAM}; charset=utf-8")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer  # type: ignore[return-value]


def _lines(work: Work) -> Iterator[bytes]:
    """The lines as they are said by a thread that does the work; it goes on when nobody listens any more."""
    said: SimpleQueue[str] = SimpleQueue()
    Thread(target=_run, args=(work, said.put)).start()
    line = "say beginning"
    while line.startswith("say "):
        yield f"{line}\n".encode()
        line = said.get()
    yield f"{line}\n".encode()


def _run(work: Work, say: Callable[[str], None]) -> None:
    """The work, on connections of its own; whatever happens, a last line says so."""
    last = "no something went wrong on our side, and the take was not made"
    try:
        last = f"go {work(lambda words: say(f'say {words}'))}"
    except Refused as no:
        last = f"no {_plain(clearance.named([no.refusal.sentence()])[0])}"
    except (BadInput, NotThere) as no:
        last = f"no {_plain(str(no))}"
    finally:
        connections.close_all()
        say(" ".join(last.split()))


def _plain(sentence: str) -> str:
    """As a page says it: what somebody entered in quotation marks, not in backticks."""
    quoted = re.sub(r"`([^`]*)`", r"“\1”", sentence)
    return quoted[:1].upper() + quoted[1:]

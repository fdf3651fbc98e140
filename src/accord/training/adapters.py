"""Adapters to outside models that make sound from words: the protocol, the request, and opening one from its folder (shell).

An adapter is a module with `load(folder)`, which opens a model by the library's own loader from local files alone: no
hub is asked, no code of a folder is run. The libraries are the extra `[outside]`, and are imported when one is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from accord.terms.refusal import BadInput, Refusal, Refused
from accord.training.learning import lab

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Adapter:
    """Its module, and the most seconds that its models make."""

    module: str
    longest_s: float


#: MusicGen learned from stretches of thirty seconds, ACE-Step from up to four minutes.
ADAPTERS = {
    "musicgen": Adapter("accord.training.musicgen", 30.0),
    "ace-step": Adapter("accord.training.ace_step", 240.0),
}
LONGEST_WORDS = 400
SHORTEST_S = 1.0
MOST_SEED = 2**32 - 1
_ONE_AT_A_TIME = Lock()  # the pipelines keep what they are doing in themselves


@dataclass(frozen=True, slots=True)
class SoundRequest:
    """What is asked of a model of sound: in words, so many seconds, and the seed of its chance."""

    words: str
    seconds: float = 10.0
    seed: int = 0


class SoundModel(Protocol):
    """A model of sound."""

    def generate(self, request: SoundRequest) -> tuple[Samples, int]:
        """Samples of shape (frames, channels), and their rate in Hz. Same weights, request and libraries: the same sound."""


def check(request: SoundRequest, adapter: str) -> None:
    """Raise BadInput for a request that no model of the adapter can follow."""
    longest_s = ADAPTERS[adapter].longest_s
    if not request.words.strip():
        raise BadInput("nothing was asked for", do="say in a few words what it should sound like")
    if len(request.words) > LONGEST_WORDS:
        raise BadInput(f"{len(request.words)} characters are too many", do=f"say it in at most {LONGEST_WORDS}")
    if not SHORTEST_S <= request.seconds <= longest_s:
        raise BadInput(f"`{request.seconds:g}` seconds cannot be made", do=f"ask for {SHORTEST_S:g} to {longest_s:g}")
    if not 0 <= request.seed <= MOST_SEED:
        raise BadInput(f"the seed `{request.seed}` is out of bounds", do=f"choose a whole number from 0 to {MOST_SEED}")


def check_known(adapter: str) -> None:
    """Raises: BadInput for an adapter that there is not."""
    if adapter not in ADAPTERS:
        raise BadInput(f"there is no adapter `{adapter}`", do=f"there are {' and '.join(ADAPTERS)}")


@contextmanager
def alone() -> Iterator[None]:
    """One at a time in this process, from reading the weights on. Raises: Refused while another is made."""
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        because = "an outside model is making a sound already, and one is made at a time"
        raise Refused(Refusal(code="training.sound-in-the-making", because=because, hint="ask again in a minute"))
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


def sound(adapter: str, folder: Path, weights: str, request: SoundRequest) -> tuple[Samples, int]:
    """What the model in a folder makes of a request; `weights` is the digest of what is in it.

    Raises: BadInput, Refused when what comes out is no sound.
    """
    check(request, adapter)
    with lab().random.fork_rng(devices=[]):  # loaders and models draw from the process's chance
        samples, rate = _opened(adapter, folder, weights).generate(request)
    if not (len(samples) and np.isfinite(samples).all()):
        because = "what the model made is no sound: it holds values that are not numbers"
        raise Refused(
            Refusal(code="training.no-sound", because=because, hint="choose another seed, or check its weights")
        )
    return samples, rate


@lru_cache(maxsize=1)
def _opened(adapter: str, folder: Path, weights: str) -> SoundModel:
    """By digest too: a folder may hold other weights tomorrow."""
    found: SoundModel = import_module(ADAPTERS[adapter].module).load(folder)
    return found


@contextmanager
def reading(folder: Path, kind: str) -> Iterator[None]:
    """Whatever the libraries' loaders raise for a folder that they cannot read, as BadInput."""
    from safetensors import SafetensorError  # of the extra: `library` was asked before

    try:
        yield
    except (
        OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError, SafetensorError
    ) as wrong:  # fmt: skip
        raise BadInput(f"`{folder}` is no {kind} model", why=str(wrong).split("\n")[0][:200]) from None


def library(name: str) -> Any:
    """A library of the extra, told never to ask a hub. Raises: BadInput where it is not installed."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's client is imported; `local_files_only` says it again
    try:
        found = import_module(name)
    except ImportError:
        raise BadInput(f"{name} is not installed", do="install the extra `[outside]`") from None
    found.utils.logging.disable_progress_bar()
    found.utils.logging.set_verbosity_error()
    return found

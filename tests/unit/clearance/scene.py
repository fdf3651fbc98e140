"""The scene most tests of this room are set in: two recordings, wholly agreed for `train` in `compose`."""

from __future__ import annotations

from tests.stories.runner import World, tell

SCENE = """
Labels L and L2
Publisher P
Performers N and K, with verified accounts
Writer A, with a verified account
Feature compose, for train, offered everywhere, has its controls open
Work W by A
Recordings R and Q of W by N, on label L
Stem T of R
P claims 100 % of W everywhere
L claims 100 % of the master of R everywhere
L claims 100 % of the master of Q everywhere
L and P have active deals for train in compose everywhere
A and N say yes to train in compose
compose is launched
"""


def agreed() -> World:
    """The scene, made through the real doors."""
    return tell(SCENE)

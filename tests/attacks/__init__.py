"""All attacks, a module for each kind."""

from __future__ import annotations

from tests.attacks import (
    bombs,
    ending,
    floods,
    forging,
    killing,
    leaving,
    network,
    objects,
    reading,
    showing,
    terminal,
)
from tests.attacks.attack import Attack

KINDS = (
    ending, forging, reading, killing, leaving, network, bombs, floods, objects, terminal, showing
)  # fmt: skip

ATTACKS: list[Attack] = [attack for kind in KINDS for attack in kind.ATTACKS]

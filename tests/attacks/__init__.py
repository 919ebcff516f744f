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

# What comes of these is bytes, which the grader takes in the same way whatever the tier.
SAME_IN_EVERY_TIER = (floods, objects, terminal, showing)

ATTACKS: list[Attack] = [attack for kind in KINDS for attack in kind.ATTACKS]

"""The program under test, and how patient one has to be with it."""

import sys
from collections.abc import Callable

from benchmarks.terminal import Terminal

PROGRAM = (sys.executable, "-P", "-m", "penguin_tui")
# loading TensorFlow alone takes 18 s on a slow machine, and others may be at work there
PATIENCE = 100.0
Open = Callable[..., Terminal]

"""Sweep: one setting varied over a range."""

from penguin_tui.screens.coming import ComingScreen


class SweepScreen(ComingScreen):
    """Says what sweeps will do."""

    PLACE = "sweep"
    TITLE_TEXT = "Sweeps come with the next version."
    LINES = (
        "A sweep varies one setting of a network (layers, units, learning rate, dropout …) over "
        "a range, trains several seeds for each value, and draws accuracy against the setting "
        "while the points arrive.",
        "Until then: train single networks on screen 3, and compare them on screen 6.",
    )

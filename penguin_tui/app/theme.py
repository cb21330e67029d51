"""Colours: one calm accent, and data colours that colour-blind people can tell apart.

The accents of the dark and the light theme are colours of Okabe and Ito (2008), "Color Universal
Design", as those of the data are (`charts.palette`).
"""

from textual.theme import Theme


def _theme(
    name: str, *, dark: bool, cursor: tuple[str, str, str], border: str, selection: int,
    **colours: str,
) -> Theme:  # fmt: skip
    """A theme of these colours.

    `cursor` is of the selected line the ground, the text, and the ground without the focus;
    `border` is that of a widget without it. `selection` is so many percent of the accent.
    """
    accent, (ground, text, blurred) = colours["accent"], cursor
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        variables={
            "block-cursor-background": ground,
            "block-cursor-foreground": text,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": blurred,
            "border-blurred": border,
            "input-selection-background": f"{accent} {selection}%",
        },
        **colours,  # type: ignore[arg-type]
    )


DARK = _theme(
    "penguin-dark", dark=True, accent="#56B4E9", secondary="#8FA3B0",
    warning="#E69F00", error="#F0724A", success="#2DBE95",
    foreground="#D9DEE2", background="#14181B", surface="#1A1F23", panel="#232A2F",
    cursor=("#2C4A5C", "#FFFFFF", "#232F37"), border="#38434B", selection=35,
)  # fmt: skip
LIGHT = _theme(
    "penguin-light", dark=False, accent="#0072B2", secondary="#5A6B76",
    warning="#8A5A00", error="#B03A00", success="#00694D",
    foreground="#1D2429", background="#FAFAF8", surface="#F1F2F0", panel="#E4E7E6",
    cursor=("#BFDDF0", "#10181D", "#DDE6EB"), border="#B9C2C7", selection=30,
)  # fmt: skip
CONTRAST = _theme(
    "penguin-contrast", dark=True, accent="#FFFF00", secondary="#FFFFFF",
    warning="#FFC14D", error="#FF8A6B", success="#6BFFC8",
    foreground="#FFFFFF", background="#000000", surface="#000000", panel="#121212",
    cursor=("#FFFF00", "#000000", "#4D4D00"), border="#FFFFFF", selection=30,
)  # fmt: skip
THEMES = {"Dark": DARK, "Light": LIGHT, "High contrast": CONTRAST}

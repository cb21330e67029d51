"""Colours: one calm accent, and data colours that colour-blind people can tell apart.

The data colours are those of Okabe and Ito (2008), "Color Universal Design".
"""

from textual.theme import Theme

OKABE_ITO = {
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
}

DARK = Theme(
    name="penguin-dark",
    primary=OKABE_ITO["sky"],
    secondary="#8FA3B0",
    accent=OKABE_ITO["sky"],
    warning=OKABE_ITO["orange"],
    error="#F0724A",
    success="#2DBE95",
    foreground="#D9DEE2",
    background="#14181B",
    surface="#1A1F23",
    panel="#232A2F",
    dark=True,
    variables={
        "block-cursor-background": "#2C4A5C",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#232F37",
        "border-blurred": "#38434B",
        "input-selection-background": "#56B4E9 35%",
    },
)
LIGHT = Theme(
    name="penguin-light",
    primary=OKABE_ITO["blue"],
    secondary="#5A6B76",
    accent=OKABE_ITO["blue"],
    warning="#8A5A00",
    error="#B03A00",
    success="#00694D",
    foreground="#1D2429",
    background="#FAFAF8",
    surface="#F1F2F0",
    panel="#E4E7E6",
    dark=False,
    variables={
        "block-cursor-background": "#BFDDF0",
        "block-cursor-foreground": "#10181D",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#DDE6EB",
        "border-blurred": "#B9C2C7",
        "input-selection-background": "#0072B2 30%",
    },
)
CONTRAST = Theme(
    name="penguin-contrast",
    primary="#FFFF00",
    secondary="#FFFFFF",
    accent="#FFFF00",
    warning="#FFC14D",
    error="#FF8A6B",
    success="#6BFFC8",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1C1C1C",
    dark=True,
    variables={
        "block-cursor-background": "#FFFF00",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#4D4D00",
        "border-blurred": "#FFFFFF",
        "input-selection-background": "#FFFF00 40%",
    },
)

THEMES = {"Dark": DARK, "Light": LIGHT, "High contrast": CONTRAST}

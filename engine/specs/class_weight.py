"""How much rows of rare classes count: of networks and of the logistic regression alike."""

from typing import Any, Final, Literal

from engine.specs.fields import setting

ClassWeight = Literal["none", "balanced"]
CLASS_WEIGHT: Final[Any] = setting(
    "none", group="Training", advanced=True,
    help="balanced: rows of rare classes count more in the loss.",
)  # fmt: skip

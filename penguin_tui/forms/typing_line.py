"""One line of text being typed: what each editing key makes of it."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

KEYS = (
    "left", "right", "home", "end", "backspace", "delete", "ctrl+u", "ctrl+w", "ctrl+a", "ctrl+e",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypingLine:
    """`place` is where the next character goes; a `fresh` text is replaced by the first one."""

    text: str
    place: int = 0
    fresh: bool = False

    @classmethod
    def entered(cls, text: str) -> "TypingLine":
        """The text of a field as one comes to it."""
        return cls(text, len(text), fresh=bool(text))

    def typed(self, text: str) -> "TypingLine":
        """With something typed or pasted; what cannot be printed is left out."""
        new = "".join(character for character in text if character.isprintable())
        if self.fresh:
            return TypingLine(new, len(new))
        return TypingLine(
            self.text[: self.place] + new + self.text[self.place :], self.place + len(new)
        )

    def edited(self, key: str) -> "TypingLine":
        """What an editing key does; other keys do nothing."""
        text, place = self.text, self.place
        match key:
            case "left":
                return TypingLine(text, max(0, place - 1))
            case "right":
                return TypingLine(text, min(len(text), place + 1))
            case "home" | "ctrl+a":
                return TypingLine(text, 0)
            case "end" | "ctrl+e":
                return TypingLine(text, len(text))
            case "ctrl+u":
                return TypingLine(text[place:], 0)
            case "backspace" if self.fresh:
                return TypingLine("")
            case "backspace":
                return TypingLine(text[: max(0, place - 1)] + text[place:], max(0, place - 1))
            case "ctrl+w":
                kept = text[:place].rstrip(" ,")
                cut = max(kept.rfind(" "), kept.rfind(",")) + 1
                return TypingLine(text[:cut] + text[place:], cut)
            case "delete" if self.fresh:
                return TypingLine("")
            case "delete":
                return TypingLine(text[:place] + text[place + 1 :], place)
            case _:
                return self

    def window(self, width: int) -> tuple[str, int]:
        """The part that `width` cells can show, and the cell of the cursor in it."""
        start = 0
        while cell_len(self.text[start : self.place]) > width - 1:
            start += 1
        return set_cell_size(self.text[start:], width), cell_len(self.text[start : self.place])

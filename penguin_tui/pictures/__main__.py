"""The process that encodes a picture: `penguin_tui.pictures.encoding` has its request."""

import base64
import io
import re
import sys

from PIL import Image, UnidentifiedImageError

from penguin_tui.pictures.encoding import EXTRA, EncodingRequest
from penguin_tui.terminal.graphics import kitty_picture

# a chart has few; with more of them a picture takes several times as many bytes. A VT340 keeps 16,
# and so do those that emulate it
COLOURS = {"kitty": 64, "sixel": 16}


def main() -> None:
    """Read the request, print the cells that the picture takes, then what draws it."""
    request = EncodingRequest.model_validate_json(sys.stdin.read())
    try:
        with Image.open(request.path) as opened:
            picture = opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        sys.exit(f"{request.path} cannot be read: {error}.")
    cell = request.cell
    scale = min(
        1.0, request.columns * cell[0] / picture.width, request.rows * cell[1] / picture.height
    )
    columns = max(1, min(request.columns, round(picture.width * scale / cell[0])))
    rows = max(1, min(request.rows, round(picture.height * scale / cell[1])))
    encode = {"kitty": _kitty, "sixel": _sixel}[request.protocol]
    scaled = picture.resize((columns * cell[0], rows * cell[1]), Image.Resampling.LANCZOS)
    # the quantizer that keeps thin lines in their colours
    few = scaled.quantize(COLOURS[request.protocol], Image.Quantize.FASTOCTREE)
    sequence = encode(few, request.number, columns, rows)
    sys.stdout.write(f"{columns} {rows}\n{sequence}")


def _kitty(picture: Image.Image, number: int, columns: int, rows: int) -> str:
    file = io.BytesIO()
    picture.save(file, format="png", optimize=True)
    return kitty_picture(base64.b64encode(file.getvalue()).decode(), number, columns, rows)


def _sixel(picture: Image.Image, number: int, columns: int, rows: int) -> str:
    try:
        from textual_image.renderable import SixelImage
    except ImportError:
        sys.exit(f"Sixel needs the package textual-image: {EXTRA}.")
    from rich.console import Console

    console = Console(file=io.StringIO(), width=columns)
    shown = SixelImage(picture.convert("RGB"), width=columns, height=rows)
    # around it are blanks and moves for a text that goes on below
    sequence = next(text for text, _, _ in console.render(shown) if text.startswith("\x1bP"))
    # a colour that is defined is the one drawn with, but in xterm only once it is named again
    return re.sub(r"#(\d+);2;\d+;\d+;\d+", r"\g<0>#\1", sequence)


if __name__ == "__main__":
    main()

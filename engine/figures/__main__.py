"""The process that draws: `engine.client.drawing` has its request."""

from collections.abc import Iterator

from engine.client.drawing import FiguresRequest
from engine.client.file_process import Written, answer
from engine.environment.garbage import uncollected
from engine.environment.isolation import load_seaborn


def _draw(request: FiguresRequest) -> Iterator[Written]:
    # it looks at the variables that `answer` has set
    with uncollected():
        load_seaborn()
        from engine.figures.files import draw

    yield from draw(request)


if __name__ == "__main__":
    raise SystemExit(answer(FiguresRequest, _draw))

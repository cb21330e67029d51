"""The process that exports: `engine.client.exporting` has its request."""

from collections.abc import Iterator

from engine.client.exporting import ExportRequest
from engine.client.file_process import Written, answer
from engine.environment.garbage import uncollected


def _write(request: ExportRequest) -> Iterator[Written]:
    # what these import looks at the variables that `answer` has set
    from engine.environment.isolation import load_pandas

    with uncollected():
        load_pandas()
        from engine.portable.catalogue import write

    yield from write(request)


if __name__ == "__main__":
    raise SystemExit(answer(ExportRequest, _write))

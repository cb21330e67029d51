"""The process that brings a bundle in: `engine.client.importing` has its request."""

from collections.abc import Iterator

from engine.client.file_process import Written, answer
from engine.client.importing import ImportRequest


def _receive(request: ImportRequest) -> Iterator[Written]:
    # what these import looks at the variables that `answer` has set
    from engine.environment.isolation import load_pandas

    load_pandas()
    from engine.portable.adoption import adopt
    from engine.store.store import Store

    with Store.open(request.home) as store:
        yield from adopt(store, request)


if __name__ == "__main__":
    raise SystemExit(answer(ImportRequest, _receive))

"""What can be checked of a spec before its run is queued: its data file, at a glance."""

from typing import TypeVar

from engine.errors import EngineError
from engine.sources.files import locate
from engine.sources.inspect import look
from engine.sources.names import check_column
from engine.sources.validate import validate_request
from engine.specs.data import PENGUINS, DataSpec
from engine.specs.run_spec import RunSpec

AnyData = TypeVar("AnyData", bound=DataSpec)


def checked(spec: RunSpec) -> RunSpec:
    """The spec as it is to be queued, its data file named from the root.

    Raises `EngineError` when the data file is unusable for it as far as a glance can tell.
    """
    spec = with_absolute_path(spec)
    validate_request(look(spec), spec)
    if spec.test_data is not None:
        test = spec.model_copy(update={"data": spec.test_data})
        try:
            columns = look(test).columns
        except EngineError as error:
            raise EngineError(f"test_data: {error.message}", error.hint) from error
        check_column(columns, spec.target, "test_data")
    return spec


def with_absolute_path(spec: AnyData) -> AnyData:
    """The spec with its data files named from the root: the engine has another folder."""
    paths = {name: getattr(spec, name) for name in ("data", "test_data")}
    return spec.model_copy(
        update={
            name: str(locate(path).absolute())
            for name, path in paths.items()
            if path not in (None, PENGUINS)
        }
    )

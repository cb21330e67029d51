"""What a network or baseline consists of: layers, effective configuration, coefficients."""

from collections.abc import Iterator

from engine.results.scores import BaselineResult, LayerRow, NetworkResult
from engine.runs.events import DataReady
from engine.runs.state import RunState
from engine.store.records import RunRecord
from penguin_tui.presentation.blocks import Block, line, pairs
from penguin_tui.presentation.results.scores import MATRIX_CLASSES
from penguin_tui.presentation.setting_text import setting_label
from penguin_tui.presentation.text import clipped, count, counted, figure, shortened
from penguin_tui.presentation.words import set_name

LABEL = 40
# printed of them; a table on screen has all
LISTED_LAYERS, LISTED_FEATURES = 30, 40


def layers_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """Name, output shape and parameters of the layers; the first ones where `brief`."""
    layers: tuple[LayerRow, ...] = ()
    if isinstance(state.result, NetworkResult):
        layers = state.result.layers
    elif state.network is not None:
        layers = state.network.layers
    if not layers:
        return
    total = sum(layer.parameters for layer in layers)
    limit = LISTED_LAYERS if brief else None
    more = f", the first {limit} listed" if limit is not None and len(layers) > limit else ""
    remark = (
        f"{counted(len(layers), 'layer')}{more}, {counted(total, 'parameter')};"
        " output shapes without the batch dimension."
    )
    rows = tuple(
        (
            clipped(layer.name, LABEL),
            " × ".join(map(str, layer.output_shape)),
            count(layer.parameters),
        )
        for layer in layers[:limit]
    )
    header = ("layer", "output shape", "parameters")
    yield Block("Layers", lines=(line(remark),), header=header, rows=rows)


def coefficients_blocks(record: RunRecord, state: RunState, brief: bool) -> Iterator[Block]:
    """A row for each preprocessed feature, a column for each class; what has room if `brief`."""
    result = state.result
    if not isinstance(result, BaselineResult):
        return
    if brief and len(result.coefficients) > MATRIX_CLASSES:
        return
    by_feature = list(zip(*result.coefficients, strict=True))
    rows = [
        (clipped(name, LABEL), *map(_signed, values))
        for name, values in zip(result.features, by_feature, strict=True)
    ][: LISTED_FEATURES if brief else None]
    rows.append(("(intercept)", *map(_signed, result.intercepts)))
    more = len(by_feature) - (len(rows) - 1)
    listed = f" {counted(more, 'more feature')} in --json." if more else ""
    yield Block(
        "Coefficients",
        lines=(
            line(
                "Positive values favour the class, on preprocessed features;"
                f" {convergence(result)}.{listed}"
            ),
        ),
        header=("feature", *shortened(result.confusion.labels, 24)),
        rows=tuple(rows),
    )


def convergence(result: BaselineResult) -> str:
    """Whether the solver has converged, and after how long."""
    verb = "converged in" if result.converged else "did not converge in"
    return f"{verb} {counted(result.iterations, 'iteration')}"


def _signed(value: float) -> str:
    return f"{value:+.3f}" if abs(value) < 1000 else f"{'+' if value > 0 else ''}{figure(value)}"


def rows_text(parts: dict[str, int]) -> str:
    """The rows of each set: "206 training, 69 validation, 69 test"."""
    return ", ".join(f"{count(rows)} {clipped(set_name(name), 20)}" for name, rows in parts.items())


def data_text(data: DataReady) -> str:
    """The data as a model gets them, in a line."""
    features = counted(len(data.features), "preprocessed feature")
    classes = counted(len(data.classes), "class", "classes")
    return f"{features}, {classes}; rows: {rows_text(data.split_rows)}"


def effective_block(state: RunState) -> Block:
    """What the model really had, read from it and not from what was requested."""
    rows: list[tuple[str, str]] = []
    if state.data is not None:
        rows += [
            ("inputs", count(len(state.data.features))),
            ("classes", count(len(state.data.classes))),
            ("rows", rows_text(state.data.split_rows)),
        ]
    if state.network is not None:
        rows += [
            ("parameters", count(state.network.parameters)),
            ("steps per epoch", count(state.network.steps_per_epoch)),
        ]
    # trials of a search have tables of their own
    if state.plan is None and (trial := state.trials.get(0)) is not None:
        rows += [(_effective_label(n), _value(v)) for n, v in trial.effective_settings.items()]
    result = state.result
    if isinstance(result, NetworkResult):
        rows += [
            ("epochs trained", count(result.epochs_run)),
            ("epoch kept", count(result.epoch_kept)),
            ("stopped because", result.stop_reason),
        ]
    if isinstance(result, BaselineResult):
        rows.append(("solver", convergence(result)))
    return pairs("Effective configuration", rows)


def _effective_label(name: str) -> str:
    return "learning rate, last" if name == "learning_rate" else setting_label(name)


def _value(value: object) -> str:
    if isinstance(value, float):
        return figure(value)
    return count(value) if type(value) is int else str(value)

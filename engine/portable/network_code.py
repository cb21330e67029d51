"""The network of a run, and how it is trained, as Keras code; of a baseline scikit-learn's."""

from collections.abc import Iterator

from engine.keras_files.optimizers import KERAS_OPTIMIZERS
from engine.specs.kinds.baseline import BaselineSpec
from engine.specs.network import NetworkSpec
from engine.specs.optimizers import OPTIMIZERS
from engine.specs.run_spec import RunSpec
from engine.specs.schedules import Constant, CosineRestarts, ExponentialDecay, StepDecay

_WEIGHTS = """\
# rows of rare classes count more
counts = np.bincount(y[train], minlength=len(CLASSES))
weights = weights * (train.sum() / (len(CLASSES) * np.maximum(1, counts)))[y[train]]"""
_SCORES = """\
for name, chosen in {"training": train, "validation": validation, "test": test}.items():
    if not chosen.any():
        continue
    predicted = %s.argmax(axis=1)
    print(f"{name} accuracy: {(predicted == y[chosen]).mean():.3f}")
    confusion = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(confusion, (y[chosen], predicted), 1)
    print(confusion)"""


def network_cells(spec: RunSpec) -> Iterator[tuple[str, str]]:
    """Title and code of each step, from preprocessed `x`, `y` and the sets on."""
    if isinstance(spec, BaselineSpec):
        yield from _baseline(spec)
        return
    assert isinstance(spec, NetworkSpec)
    yield "the network", _network(spec)
    yield "training", _training(spec, published=spec.protocol == "as_published")
    yield "scores", _SCORES % "model.predict(x[chosen], verbose=0)"


def _baseline(spec: BaselineSpec) -> Iterator[tuple[str, str]]:
    weight = "None" if spec.class_weight == "none" else repr(spec.class_weight)
    yield (
        "logistic regression",
        f"""\
from sklearn.linear_model import LogisticRegression

{_row_weights(spec)}
model = LogisticRegression(
    C={spec.inverse_regularization!r}, max_iter={spec.max_iterations}, class_weight={weight}
)
model.fit(x[train], y[train], sample_weight=weights)""",
    )
    yield "scores", _SCORES % "model.predict_proba(x[chosen])"


def _row_weights(spec: RunSpec) -> str:
    if spec.sample_weight is None:
        return "weights = np.ones(train.sum())"
    return (
        f"weights = np.array([number(row[place[{spec.sample_weight!r}]]) for row in rows])[train]\n"
        "weights = weights / weights.mean()"
    )


def _network(spec: NetworkSpec) -> str:
    lines = []
    per_layer = {
        name: spec.per_layer(name)
        for name in ("kernel_l1", "kernel_l2", "activity_l1", "activity_l2", "dropout")
    }
    for i, units in enumerate(spec.hidden_layers):
        own = {name: values[i] for name, values in per_layer.items()}
        parts = [str(units), f'activation="{spec.activation}"',
                 f'kernel_initializer="{spec.initializer}"']  # fmt: skip
        for noun in ("kernel", "activity"):
            l1, l2 = own[f"{noun}_l1"], own[f"{noun}_l2"]
            if l1 or l2:
                penalty = f"keras.regularizers.L1L2(l1={l1!r}, l2={l2!r})"
                parts.append(f"{noun}_regularizer={penalty}")
        lines.append(f"    keras.layers.Dense({', '.join(parts)}),")
        if own["dropout"]:
            lines.append(f"    keras.layers.Dropout({own['dropout']!r}),")
    hidden = "\n".join(lines) + "\n" if lines else ""
    return f"""\
keras.utils.set_random_seed({spec.seed})
model = keras.Sequential([
    keras.Input((x.shape[1],)),
{hidden}    keras.layers.Dense(len(CLASSES), activation="softmax"),
])
model.compile(
    optimizer={_optimizer(spec)},
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.summary()"""


def _optimizer(spec: NetworkSpec) -> str:
    name = KERAS_OPTIMIZERS[spec.optimizer].class_name
    used = [f"{n}={getattr(spec, n)!r}" for n in sorted(OPTIMIZERS[spec.optimizer].uses)]
    return f"keras.optimizers.{name}({', '.join([_rate(spec), *used])})"


def _rate(spec: NetworkSpec) -> str:
    """The learning rate as an optimizer of Keras's takes it."""
    rate, own = spec.learning_rate, spec.schedule
    match own:
        case CosineRestarts():
            return (
                f"keras.optimizers.schedules.CosineDecayRestarts({rate!r},"
                f" {own.first_decay_steps}, t_mul={own.t_mul!r}, m_mul={own.m_mul!r},"
                f" alpha={own.alpha!r})"
            )
        case ExponentialDecay():
            return (
                f"keras.optimizers.schedules.ExponentialDecay({rate!r}, {own.decay_steps},"
                f" {own.factor!r}, staircase={own.staircase})"
            )
        case Constant() | StepDecay():
            # that of a step decay is set at the beginning of each epoch
            return f"learning_rate={rate!r}"


def _training(spec: NetworkSpec, *, published: bool) -> str:
    """`published`: the test set is what early stopping looks at, too."""
    callbacks = []
    if isinstance(spec.schedule, StepDecay):
        own = spec.schedule
        callbacks.append(
            "keras.callbacks.LearningRateScheduler(\n        lambda epoch:"
            f" {spec.learning_rate!r} * {own.factor!r} ** (epoch // {own.every})\n    ),"
        )
    if spec.early_stopping is not None:
        stop = spec.early_stopping
        callbacks.append(
            f'keras.callbacks.EarlyStopping(\n        monitor="{stop.monitor}",'
            f" min_delta={stop.min_delta!r}, patience={stop.patience},\n       "
            f" restore_best_weights={stop.restore_best},\n    ),"
        )
    listed = "".join(f"\n    {one}" for one in callbacks)
    weights = f"\n{_WEIGHTS}" if spec.class_weight == "balanced" else ""
    looked_at = "test" if published else "validation"
    assert isinstance(spec, RunSpec)
    return f"""\
{_row_weights(spec)}{weights}
callbacks = [{listed}{chr(10) if listed else ""}]
history = model.fit(
    x[train],
    y[train],
    sample_weight=weights,
    validation_data=(x[{looked_at}], y[{looked_at}]),
    epochs={spec.epochs},
    batch_size={spec.batch_size},
    callbacks=callbacks,
    verbose=2,
)"""

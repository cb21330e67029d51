"""JAX and Optax: the whole training one jitted program of scans, a fleet its `vmap`.

Shuffling, batches and validation are inside, as JAX's documentation advises (`lax.scan` over
steps, `jit` of the whole, `vmap` over what is independent). The last batch is padded and masked.
"""

import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks.peers.work import CLASSES, EPSILON, RATE, Data, Size, answer


def _logits(parameters: Any, x: Any) -> Any:
    for kernel, bias in parameters[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = parameters[-1]
    return x @ kernel + bias


def _loss(parameters: Any, x: Any, y: Any, weights: Any) -> tuple[Any, Any]:
    logits = _logits(parameters, x)
    each = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    hits = jnp.sum((jnp.argmax(logits, 1) == y) * weights)
    return jnp.sum(each * weights) / jnp.sum(weights), hits


def training(size: Size) -> Callable[..., Any]:
    """(key, rows) -> the last parameters and every epoch's figures."""
    optimizer = optax.adam(RATE, eps=EPSILON)
    per_epoch = -(-size.rows // size.batch)
    left_over = jnp.full(per_epoch * size.batch - size.rows, -1)

    def start(key: Any) -> Any:
        sizes = (size.features, *size.hidden, CLASSES)
        pairs = list(itertools.pairwise(sizes))
        draw = jax.nn.initializers.he_uniform()
        keys = jax.random.split(key, len(pairs))
        return [(draw(k, p), jnp.zeros(p[1])) for k, p in zip(keys, pairs, strict=True)]

    def train(key: Any, x: Any, y: Any, xv: Any, yv: Any) -> Any:
        def step(state: Any, places: Any) -> Any:
            parameters, kept = state
            weights, rows = (places >= 0).astype(jnp.float32), jnp.maximum(places, 0)
            of_batch = (parameters, x[rows], y[rows], weights)
            (loss, hits), gradient = jax.value_and_grad(_loss, has_aux=True)(*of_batch)
            change, kept = optimizer.update(gradient, kept)
            return (optax.apply_updates(parameters, change), kept), (loss * jnp.sum(weights), hits)

        def epoch(state: Any, key: Any) -> Any:
            order = jnp.concatenate([jax.random.permutation(key, size.rows), left_over])
            state, (losses, hits) = jax.lax.scan(step, state, order.reshape(per_epoch, size.batch))
            loss, right = _loss(state[0], xv, yv, jnp.ones(len(yv)))
            figures = (jnp.sum(losses) / size.rows, jnp.sum(hits) / size.rows, loss,
                       right / len(yv))  # fmt: skip
            return state, jnp.stack(figures)

        parameters = start(key)
        keys = jax.random.split(key, size.epochs)
        (parameters, _), figures = jax.lax.scan(
            epoch, (parameters, optimizer.init(parameters)), keys
        )
        return parameters, figures

    return train


def prepare(size: Size, data: Data, fleet: bool) -> Callable[[list[int]], list[float]]:
    """Compile; the rows stay where JAX keeps its arrays."""
    rows = [jnp.asarray(a) for a in (data.x, data.y, data.xv, data.yv)]
    train = training(size)
    program = jax.jit(jax.vmap(train, (0, *[None] * 4)) if fleet else train)

    def run(seeds: list[int]) -> list[float]:
        keys = jnp.stack([jax.random.key(seed) for seed in seeds]) if fleet else (
            jax.random.key(seeds[0])
        )  # fmt: skip
        parameters, figures = program(keys, *rows)
        # a person wants the weights, too
        jax.block_until_ready(parameters)  # type: ignore[no-untyped-call]
        return [float(v) for v in np.asarray(figures).reshape(len(seeds), size.epochs, 4)[:, -1, 3]]

    return run


if __name__ == "__main__":
    answer(prepare, {"jax": jax.__version__, "optax": optax.__version__})

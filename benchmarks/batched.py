"""Fleets as threads beside fleets as one batched program: microseconds a step and network.

python -m benchmarks.batched

Two hidden layers of 112, batches of 16, Adam, compiled by XLA; the same arithmetic
with and without a leading axis of networks.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from engine.environment.provenance import current
from engine.trainer import runtime

THREADS = 2
STEPS = 2000
NETWORKS = 8
ROUNDS = 3


def program(lead: tuple[int, ...]) -> Callable[[int], Any]:
    """Trains as many steps as it is told; `lead` is () for one network, (n,) for a batch of n."""
    import tensorflow as tf

    def step(kernels: Any, ms: Any, vs: Any, x: Any, y: Any) -> Any:
        first, second, last = kernels
        a = tf.maximum(tf.matmul(x, first), 0.0)
        b = tf.maximum(tf.matmul(a, second), 0.0)
        d = tf.nn.softmax(tf.matmul(b, last)) - y
        gradients = [tf.matmul(b, d, transpose_a=True)]
        d = tf.matmul(d, last, transpose_b=True) * tf.where(b > 0, 1.0, 0.0)
        gradients.insert(0, tf.matmul(a, d, transpose_a=True))
        d = tf.matmul(d, second, transpose_b=True) * tf.where(a > 0, 1.0, 0.0)
        gradients.insert(0, tf.matmul(x, d, transpose_a=True))
        ms = [m + (g - m) * 0.1 for m, g in zip(ms, gradients, strict=True)]
        vs = [v + (g * g - v) * 0.001 for v, g in zip(vs, gradients, strict=True)]
        kernels = [
            k - m * 0.001 / (tf.sqrt(v) + 1e-7) for k, m, v in zip(kernels, ms, vs, strict=True)
        ]
        return kernels, ms, vs

    def train(kernels: Any, ms: Any, vs: Any, x: Any, y: Any, steps: Any) -> Any:
        def body(i: Any, kernels: Any, ms: Any, vs: Any) -> Any:
            return (i + 1, *step(kernels, ms, vs, x, y))

        start = (tf.constant(0), kernels, ms, vs)
        return tf.while_loop(lambda i, *_: i < steps, body, start)[1]

    rng = np.random.default_rng(0)
    kernels = [
        tf.constant(rng.normal(size=(*lead, *shape)).astype(np.float32) * 0.1)
        for shape in ((16, 112), (112, 112), (112, 16))
    ]
    nothing = [tf.zeros_like(kernel) for kernel in kernels]
    x = tf.constant(rng.normal(size=(*lead, 16, 16)).astype(np.float32))
    y = tf.one_hot(np.zeros((*lead, 16), int), 16)

    def run(steps: int) -> Any:
        return compiled(kernels, nothing, nothing, x, y, tf.constant(steps))[0].numpy()

    compiled = tf.function(train, jit_compile=True, autograph=False)
    run(2)
    return run


def best(work: Callable[[], Any]) -> float:
    """The least seconds of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)


def main() -> None:
    """Print both ways, one after the other, and how much slower the batches are."""
    runtime.set_up(THREADS)
    versions = current()["versions"]
    print(f"tensorflow {versions['tensorflow']}, {THREADS} threads")
    one = program(())
    print(f"one network alone: {best(lambda: one(STEPS)) / STEPS * 1e6:.1f} µs a step")
    with ThreadPoolExecutor(THREADS) as pool:
        spent = best(lambda: list(pool.map(one, [STEPS] * NETWORKS)))
    threads = spent / STEPS / NETWORKS * 1e6
    print(f"{NETWORKS} networks on {THREADS} threads: {threads:.1f} µs a step and network")
    for count in (2, 4, 8, 16):
        batch = program((count,))
        steps = 2 * STEPS // count
        each = best(lambda b=batch, n=steps: b(n)) / steps / count * 1e6  # type: ignore[misc]
        print(
            f"{count} networks as one batch: {each:.1f} µs a step and network,"
            f" {each / threads:.1f} times the threads"
        )


if __name__ == "__main__":
    main()

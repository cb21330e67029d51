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
    import jax
    import jax.numpy as jnp

    def step(state: Any, x: Any, y: Any) -> Any:
        (first, second, last), ms, vs = state
        a = jnp.maximum(x @ first, 0.0)
        b = jnp.maximum(a @ second, 0.0)
        d = jax.nn.softmax(b @ last) - y
        gradients = [jnp.matrix_transpose(b) @ d]
        d = d @ jnp.matrix_transpose(last) * (b > 0)
        gradients.insert(0, jnp.matrix_transpose(a) @ d)
        d = d @ jnp.matrix_transpose(second) * (a > 0)
        gradients.insert(0, jnp.matrix_transpose(x) @ d)
        ms = [m + (g - m) * 0.1 for m, g in zip(ms, gradients, strict=True)]
        vs = [v + (g * g - v) * 0.001 for v, g in zip(vs, gradients, strict=True)]
        kernels = [
            k - m * 0.001 / (jnp.sqrt(v) + 1e-7) for k, m, v in zip(state[0], ms, vs, strict=True)
        ]
        return kernels, ms, vs

    @jax.jit
    def train(state: Any, x: Any, y: Any, steps: Any) -> Any:
        return jax.lax.fori_loop(0, steps, lambda _, own: step(own, x, y), state)[0]

    rng = np.random.default_rng(0)
    kernels = [
        jnp.asarray(rng.normal(size=(*lead, *shape)).astype(np.float32) * 0.1)
        for shape in ((16, 112), (112, 112), (112, 16))
    ]
    nothing = [jnp.zeros_like(kernel) for kernel in kernels]
    x = jnp.asarray(rng.normal(size=(*lead, 16, 16)).astype(np.float32))
    y = jax.nn.one_hot(np.zeros((*lead, 16), int), 16)

    def run(steps: int) -> Any:
        return np.asarray(train((kernels, nothing, nothing), x, y, steps)[0])

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
    print(f"jax {versions['jax']}, {THREADS} threads")
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

"""PyTorch, eager: a module, fused Adam, batches taken from a tensor.

A fleet is the documentation's model ensembling: `stack_module_state`, `functional_call` under
`vmap`, and one optimizer over the stacked parameters, whose steps are elementwise. Rows are
gathered by a permutation on a tensor, which is faster than a `DataLoader` of a table in memory.
"""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from benchmarks.peers.work import CLASSES, EPSILON, RATE, Data, Size, answer

# up to so many multiplications a step the second thread costs more than it gives
ONE_THREAD = 20_000_000


def _network(size: Size) -> nn.Sequential:
    sizes = (size.features, *size.hidden)
    layers: list[nn.Module] = []
    for inputs, units in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], CLASSES))


def prepare(size: Size, data: Data, fleet: bool) -> Callable[[list[int]], list[float]]:
    """Tensors of the rows, and as many threads as help."""
    x, y, xv, yv = (torch.from_numpy(a) for a in (data.x, data.y, data.xv, data.yv))
    sizes = (size.features, *size.hidden, CLASSES)
    work = size.batch * sum(a * b for a, b in itertools.pairwise(sizes))
    threads = 1 if work * (size.fleet if fleet else 1) < ONE_THREAD else 2

    def one(seeds: list[int]) -> list[float]:
        torch.set_num_threads(threads)
        torch.manual_seed(seeds[0])
        model = _network(size)
        optimizer = torch.optim.Adam(model.parameters(), RATE, eps=EPSILON, fused=True)
        loss_of = nn.CrossEntropyLoss()
        accuracy = 0.0
        for _ in range(size.epochs):
            for rows in torch.randperm(size.rows).split(size.batch):
                optimizer.zero_grad(set_to_none=True)
                loss_of(model(x[rows]), y[rows]).backward()
                optimizer.step()
            with torch.inference_mode():
                logits = model(xv)
                loss_of(logits, yv)
                accuracy = (logits.argmax(1) == yv).float().mean().item()
        return [accuracy]

    def many(seeds: list[int]) -> list[float]:
        torch.set_num_threads(threads)
        torch.manual_seed(seeds[0])
        models = [_network(size) for _ in seeds]
        parameters, buffers = stack_module_state(models)
        optimizer = torch.optim.Adam(parameters.values(), RATE, eps=EPSILON, fused=True)
        skeleton = models[0]

        def logits_of(p: Any, b: Any, rows: Any) -> Any:
            return functional_call(skeleton, (p, b), (rows,))

        own, shared = vmap(logits_of), vmap(logits_of, in_dims=(0, 0, None))
        losses = vmap(nn.functional.cross_entropy)
        accuracies = torch.zeros(len(seeds))
        for _ in range(size.epochs):
            orders = torch.stack([torch.randperm(size.rows) for _ in seeds])
            for rows in orders.split(size.batch, dim=1):
                optimizer.zero_grad(set_to_none=True)
                losses(own(parameters, buffers, x[rows]), y[rows]).sum().backward()
                optimizer.step()
            with torch.inference_mode():
                logits = shared(parameters, buffers, xv)
                accuracies = (logits.argmax(2) == yv).float().mean(1)
        return [float(a) for a in accuracies]

    return many if fleet else one


if __name__ == "__main__":
    answer(prepare, {"torch": torch.__version__})

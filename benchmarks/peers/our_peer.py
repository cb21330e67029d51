"""The trainer of this program, as a run uses it."""

from collections.abc import Callable, Sequence

from benchmarks.peers.work import CLASSES, Data, Size, answer
from engine.trainer import runtime
from engine.version import __version__

THREADS = 2


def prepare(size: Size, data: Data, fleet: bool) -> Callable[[list[int]], list[float]]:
    """Trains one network, or many of a fleet."""
    from engine.specs.network import NetworkSpec
    from engine.trainer.batching import Rows
    from engine.trainer.callbacks import Callback
    from engine.trainer.fleet import train_fleet
    from engine.trainer.network import Network, fleet_member
    from engine.trainer.training import Figures, Training

    spec = NetworkSpec(hidden_layers=size.hidden, epochs=size.epochs, batch_size=size.batch)

    class Last(Callback):
        """Notes the last validation accuracy of each seed's training."""

        def __init__(self, found: dict[int, float]) -> None:
            self._found = found

        def on_call_end(self, training: Training, figures: Sequence[Figures]) -> None:
            if figures:
                self._found[training.plan.seed] = figures[-1].val_accuracy

    def one(seeds: list[int]) -> list[float]:
        last: dict[int, float] = {}
        rows, held = Rows.of(data.x, data.y), Rows.of(data.xv, data.yv)
        network = Network.build(spec, size.features, CLASSES, seeds[0])
        network.train(rows, held, epochs=size.epochs, batch_size=size.batch, callbacks=[Last(last)])
        return [last[seeds[0]]]

    def many(seeds: list[int]) -> list[float]:
        last = dict.fromkeys(seeds, 0.0)
        rows, held = Rows.of(data.x, data.y), Rows.of(data.xv, data.yv)
        members = [
            fleet_member(spec.model_copy(update={"seed": seed}), size.features, CLASSES, rows, held)
            for seed in seeds
        ]
        train_fleet(members, threads=THREADS, callbacks=lambda _: [Last(last)])
        return list(last.values())

    return many if fleet else one


if __name__ == "__main__":
    runtime.set_up(THREADS)
    answer(prepare, {"penguin-tui": __version__})

"""scikit-learn's MLPClassifier, an epoch at a time, scored after each. It has no fleets."""

from collections.abc import Callable

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from benchmarks.peers.work import CLASSES, EPSILON, RATE, Data, Size, answer


def prepare(size: Size, data: Data, fleet: bool) -> Callable[[list[int]], list[float]] | None:
    """A new classifier for each training."""
    if fleet:
        return None

    def one(seeds: list[int]) -> list[float]:
        model = MLPClassifier(size.hidden, batch_size=size.batch, learning_rate_init=RATE,
                              alpha=0.0, epsilon=EPSILON, random_state=seeds[0])  # fmt: skip
        score = 0.0
        for _ in range(size.epochs):
            model.partial_fit(data.x, data.y, classes=np.arange(CLASSES))
            score = float(model.score(data.xv, data.yv))
        return [score]

    return one


if __name__ == "__main__":
    answer(prepare, {"scikit-learn": sklearn.__version__})

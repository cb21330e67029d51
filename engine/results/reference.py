"""The post's parts in its order, with the figures it published.

Source: the blog post "Penguins, building an artificial neural network" (2022),
TensorFlow 2 and Keras 2, one run each, 69 test rows.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the post: the preset that repeats it, and its accuracies as published.

    `network` says in full what `name` leaves out, for a sentence.
    """

    name: str
    kind: str
    preset: str = ""
    train: float | None = None
    test: float | None = None
    reading: str = ""
    network: str = ""


PARTS: tuple[Part, ...] = (
    Part("logistic regression", "baseline", "", 0.978, 0.971),
    Part("no hidden layer", "train", "no-hidden", 0.436, 0.536),
    Part("one hidden layer", "train", "one-hidden", 0.807, 0.768),
    Part(
        "two hidden layers", "train", "two-hidden", 0.971, 0.957,
        network="network with two hidden layers of 100 nodes (5 epochs)",
    ),
    Part("step decay", "train", "step-decay", 0.996, 0.986),
    Part("cosine decay with restarts", "train", "cosine", 0.913, 0.971),
    Part("L1 and L2 penalties", "train", "weight-decay", 0.993, 0.957),
    Part("penalties and dropout", "train", "dropout", 0.975, 0.957),
    Part("penalties, dropout, early stopping", "train", "early-stopping", 0.982, 0.957),
    Part("experiment 1: hidden layers", "sweep", "depth", reading="little gain after 2"),
    Part("experiment 2: units", "sweep", "width", reading="little gain after 80"),
    Part("experiment 3: shape", "sweep", "shape", reading="keep the two layers alike"),
    Part("experiment 4: epochs", "sweep", "epochs"),
    Part("experiment 5: batch size", "sweep", "batch-size", reading="80 or less"),
    Part(
        "random search", "random_search", "post",
        reading="best 0.996 of ten, 0.971 to 0.996 (3 folds)",
    ),
    Part(
        "grid search", "grid_search", "post",
        reading="best 0.993 of eight, 0.974 to 0.993 (3 folds)",
    ),
    Part("hyperband", "hyperband", "post", reading="best settings only, no score"),
)  # fmt: skip
BASELINE = PARTS[0]
# the network that the conclusion is about: the post's own, before it is changed in single ways
COMPARED = next(part for part in PARTS if part.network)
# rows that each of its test accuracies is of
TEST_ROWS = 69
CONCLUSION = "A small, simple data set needs no more than logistic regression."

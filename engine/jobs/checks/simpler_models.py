"""Whether the run is better than what is simpler."""

import numpy as np
from scipy.stats import binomtest
from sklearn.tree import DecisionTreeClassifier

from engine.data.leakage import LEAVES, column_values
from engine.data.types import columns_at
from engine.jobs.checks.evidence import (
    Beside,
    Evidence,
    Measured,
    NotMeasured,
    as_text,
    percent,
    points,
)
from engine.results.statistics import paired_difference
from engine.sources.encoding import shown

# chance makes a run as much better this often: it is not shown to be better
LEVEL = 0.05
# how surely one feature has to be better than the most frequent class
SURE = 0.01
# by so much at most the run may be better than one feature, at the end of the 95 % interval
AT_MOST = 0.05
# columns that are tried one by one
MOST_COLUMNS = 500


def not_better_than_majority(evidence: Evidence) -> Measured | None:
    """Always guessing the most frequent class would be right as often, as far as can be told."""
    own = evidence.validation
    right, guessed = round(own.accuracy.value * own.rows), own.majority_accuracy
    if guessed == 1.0:
        raise NotMeasured("all validation rows are of one class")
    p = float(binomtest(right, own.rows, guessed, alternative="greater").pvalue)
    if p < LEVEL:
        return None
    gain = own.accuracy.value - guessed
    return Measured(
        gain,
        f"validation accuracy {percent(own.accuracy.value)}, always guessing"
        f" {shown(own.majority.label)} {percent(guessed)} ({as_text(p)})",
    )


def not_better_than_logistic(evidence: Evidence) -> Measured | None:
    """A logistic regression is right as often on the validation rows, as far as can be told."""
    if evidence.record.kind == "baseline":
        raise NotMeasured("the run is a logistic regression")
    beside = evidence.beside("logistic")
    if beside.own_better_p < LEVEL:
        return None
    if beside.only_other == beside.only_own == 0:
        return Measured(
            0.0, "a logistic regression is right on the same validation rows as the run"
        )
    return Measured(
        beside.difference,
        f"a logistic regression is right on {beside.only_other:,} validation rows where the run is"
        f" not, the run on {beside.only_own:,} where it is not ({as_text(beside.own_better_p)})",
    )


def one_feature_suffices(evidence: Evidence) -> Measured | None:
    """A small tree of the one column that told most in training is as good as the run."""
    table, train, validation = evidence.table, evidence.sample, evidence.validation_rows
    if len(table.features) < 2:
        raise NotMeasured("there is one feature")
    if len(table.features) > MOST_COLUMNS:
        raise NotMeasured(f"there are more than {MOST_COLUMNS:,} columns to try one by one")
    evidence.reporter.phase("fitting trees of one feature")
    rows = np.concatenate([train, validation])
    columns = columns_at(table.frame, table.features, evidence.reporter.check, rows)
    best, name, right = 0.0, "", np.zeros(len(validation), np.bool_)
    for feature, column in zip(table.features, columns, strict=True):
        values = column_values(column)
        # what is missing stands below all that is there
        x = np.where(np.isfinite(values), values, np.finfo(np.float32).min)[:, None]
        tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=5, random_state=0)
        tree.fit(x[: len(train)], table.codes[train])
        score = float(tree.score(x[: len(train)], table.codes[train]))
        if score > best:
            best, name = score, feature
            right = tree.predict(x[len(train) :]) == table.codes[validation]
    beside = Beside(evidence.right, right)
    guessed = evidence.validation.majority_accuracy
    p = float(binomtest(int(right.sum()), len(right), guessed, alternative="greater").pvalue)
    most = paired_difference(beside.only_own, beside.only_other, len(right)).high
    if p >= SURE or most is None or most > AT_MOST:
        return None
    return Measured(
        float(right.mean()),
        f"a tree of {shown(name)} alone is right on {percent(float(right.mean()))} of the"
        f" validation rows, {_more(beside.difference, most)} (95 % interval)",
    )


def _more(difference: float, most: float) -> str:
    """On how many more rows the run is right, or fewer, and at most."""
    if difference >= 0:
        return f"the run on {points(difference)} more, {points(most)} at most"
    bound = f"{points(most)} more at most" if most >= 0 else f"{points(-most)} at least"
    return f"the run on {points(-difference)} fewer, {bound}"

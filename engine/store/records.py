"""Rows of the store as frozen values."""

import json
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from engine.environment import clock
from engine.errors import EngineError
from engine.kinds import KINDS, load_spec
from engine.results.interval import Interval
from engine.runs.status import LIVE, Status
from engine.store.explain import readable

# a list of runs needs none of these
if TYPE_CHECKING:
    from engine.results.decision_rule import DecisionRule
    from engine.specs.cluster import Cluster
    from engine.specs.run_spec import RunSpec

RequestKind = Literal["stop", "skip", "pause", "resume", "kill", "shutdown"]
# how a run may have ended that can be resumed: one that failed for want of memory, or of a
# library that did not load, may succeed later
RESUMABLE = ("lost", "interrupted", "stopped", "failed")


# of ten thousand runs in a table few are looked at, and many have the same settings
KEPT = 512
_read_spec = lru_cache(maxsize=KEPT)(load_spec)


@lru_cache(maxsize=KEPT)
def _read_metrics(text: str) -> Mapping[str, float | None]:
    return {n: None if v is None else float(v) for n, v in json.loads(text).items()}


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run's row: what it is, how it stands, and its main figures.

    Times are seconds since 1970. `test_evaluations` is how many evaluations by now, of any run,
    one of its held-out test rows was in: the largest number of any row. Where the rows are not
    known, it is the number of evaluations of the very same test set (`test_rows_known`).
    `best_epoch_val_accuracy` is the highest of the epochs of a run's only training,
    `baseline_accuracy` the validation accuracy of the newest baseline with the same data, split
    and preprocessing.
    """

    id: int
    kind: str
    name: str
    note: str
    tags_text: str
    status: Status
    spec_json: str
    data: str
    target: str
    protocol: str
    created: float
    started: float | None
    ended: float | None
    worked: float | None
    since: float | None
    deleted: float | None
    acknowledged: float | None
    message: str
    hint: str
    epochs_planned: int | None
    epochs_run: int
    parameters: int | None
    best_epoch_val_accuracy: float | None
    metrics_json: str
    test_set_id: str | None
    data_sha256: str | None
    test_data_sha256: str | None
    provenance_json: str
    decision_rule_json: str | None
    cluster_text: str
    last_event: int
    baseline_accuracy: float | None
    test_evaluations: int
    test_rows_known: bool = True

    @property
    def spec(self) -> "RunSpec":
        """The run's whole configuration."""
        with self._readable("settings"):
            return _read_spec(self.spec_json)

    @property
    def cluster(self) -> "Cluster | None":
        """Where its trials are trained; None: in the engine's process."""
        if not self.cluster_text:
            return None
        from engine.specs.cluster import Cluster

        return Cluster.parse(self.cluster_text)

    @property
    def resumable(self) -> bool:
        """Whether the run is paused or ended in a way, and of a kind, that can be resumed.

        One that was removed has to be brought back first: it would train unseen.
        """
        if self.deleted is not None:
            return False
        return self.status in ("paused", *RESUMABLE) and self._kind_resumes

    @property
    def at_work(self) -> bool:
        """Whether the engine works on the run, as far as the store knows."""
        return self.status in ("running", "stopping")

    @property
    def can_pause(self) -> bool:
        """Whether the run is running, and of a kind that can be resumed."""
        return self.status == "running" and self._kind_resumes

    @property
    def _kind_resumes(self) -> bool:
        known = KINDS.get(self.kind)
        return known is not None and known.can_resume

    @property
    def unreadable(self) -> EngineError | None:
        """Why this version cannot read the settings: another version's kind, a damaged row."""
        try:
            _ = self.spec
        except EngineError as error:
            return error
        return None

    @property
    def tags(self) -> tuple[str, ...]:
        """The words that a person has put to the run, in the order in which they were given."""
        return tuple(self.tags_text.split())

    @property
    def metrics(self) -> dict[str, float | None]:
        """Final accuracies with their bounds; empty before the end."""
        with self._readable("figures"):
            return dict(_read_metrics(self.metrics_json))

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, thread count, flags and CPU the run was made with."""
        with self._readable("versions"):
            return dict(json.loads(self.provenance_json))

    @property
    def decision_rule(self) -> "DecisionRule | None":
        """How its probabilities become a class; None: the most probable one, as they are."""
        if self.decision_rule_json is None:
            return None
        from engine.results.decision_rule import DecisionRule

        with self._readable("decision rule"):
            return DecisionRule.model_validate_json(self.decision_rule_json)

    def _readable(self, what: str) -> AbstractContextManager[None]:
        return readable(
            f"the {what} of run {self.id}", f"'penguin-tui rm {self.id}' removes the run."
        )

    def accuracy(self, split: Literal["train", "val", "test"]) -> Interval | None:
        """The final accuracy on a set with its 95 % interval, if there is one."""
        value = self.metrics.get(f"{split}_accuracy")
        low, high = (self.metrics.get(f"{split}_accuracy_{end}") for end in ("low", "high"))
        if value is None or low is None or high is None:
            return None
        fitted = split == "train"
        return Interval(value=value, low=low, high=high, covers=None if fitted else "rows")

    @property
    def val_accuracy(self) -> Interval | None:
        """Final validation accuracy."""
        return self.accuracy("val")

    @property
    def majority_accuracy(self) -> float | None:
        """Validation accuracy of always guessing the most frequent class."""
        return self.metrics.get("majority_accuracy")

    @property
    def selection_score(self) -> float | None:
        """What a sweep or search has chosen by; `selection_over` says what it is the mean of."""
        return self.metrics.get("selection_score")

    @property
    def selection_over(self) -> str | None:
        """The folds or seeds that the selection score is the mean of, in words."""
        if self.selection_score is None or self.unreadable is not None:
            return None
        return str(getattr(self.spec, "selection_over", "")) or None

    @property
    def test_accuracy(self) -> Interval | None:
        """Final accuracy on the held-out test set."""
        return self.accuracy("test")

    @property
    def live(self) -> bool:
        """Whether the run is queued, running, stopping or paused."""
        return self.status in LIVE

    def seconds(self, now: float | None = None) -> float | None:
        """How long the run was worked on, pauses and interruptions left out, or is so by now.

        `now` serves a run that has been put into the store by hand.
        """
        if self.worked is not None:
            running = clock.steady() - self.since if self.since is not None else 0.0
            return self.worked + max(0.0, running)
        if self.started is None:
            return None
        end = self.ended if self.ended is not None else (now or clock.now())
        return max(0.0, end - self.started)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a run, or to the engine itself where `run` is None."""

    id: int
    run: int | None
    what: RequestKind


RUN_COLUMNS = """
    id, kind, name, note, tags AS tags_text, status, spec AS spec_json, data, target, protocol,
    created, started, ended, worked, since, deleted, acknowledged, message, hint, epochs_planned,
    epochs_run, parameters, best_epoch_val_accuracy, metrics AS metrics_json, test_set_id,
    data_sha256, test_data_sha256, provenance AS provenance_json,
    decision_rule AS decision_rule_json, cluster AS cluster_text, last_event,
    (SELECT json_extract(b.metrics, '$.val_accuracy') FROM runs b WHERE b.data_id = runs.data_id
        AND b.kind = 'baseline' AND b.status = 'finished' AND b.deleted IS NULL
        ORDER BY b.id DESC LIMIT 1) AS baseline_accuracy,
    coalesce(
        (SELECT evaluations FROM test_sets s WHERE s.id = runs.test_set_id),
        (SELECT count(*) FROM test_evaluations t WHERE t.test_set_id = runs.test_set_id)
    ) AS test_evaluations,
    NOT EXISTS (SELECT 1 FROM test_evaluations t WHERE t.test_set_id = runs.test_set_id)
    OR EXISTS (
        SELECT 1 FROM test_sets s WHERE s.id = runs.test_set_id AND s.row_table IS NOT NULL
    )
    AS test_rows_known
"""


def run_record(row: sqlite3.Row) -> RunRecord:
    """Read one row selected with `RUN_COLUMNS`; runs share the texts that they have in common."""
    shared: list[Any] = [sys.intern(value) if isinstance(value, str) else value for value in row]
    return RunRecord(**dict(zip(row.keys(), shared, strict=True)))

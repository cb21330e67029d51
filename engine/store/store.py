"""The store: the only thing that the workbench and the engine share."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.environment import clock
from engine.errors import EngineError
from engine.store.engine_record import EngineRecord, engine_record
from engine.store.explain import explained, readable
from engine.store.packing import unpacked, unpacked_text
from engine.store.records import (
    RUN_COLUMNS,
    Request,
    RequestKind,
    RunRecord,
    run_record,
)
from engine.store.rows import insert, set_columns
from engine.store.store_file import StoreFile

# what a list of runs does without: a command that only lists them starts in half the time
if TYPE_CHECKING:
    from engine.results.decision_rule import DecisionRule
    from engine.runs.events import Event
    from engine.specs.run_spec import RunSpec


class Store(StoreFile):
    """Reading, and the writes of the workbench; the engine's are in `writer`."""

    # -- runs ---------------------------------------------------------------------------

    def submit(self, spec: "RunSpec", *, name: str = "", cluster: str = "") -> int:
        """Queue a run; returns its id. The engine has to be started by `client.submit`."""
        with self.writing() as connection:
            return insert(
                connection,
                "runs",
                kind=spec.kind,
                name=name,
                status="queued",
                spec=spec.model_dump_json(),
                data=Path(spec.data).name,
                target=spec.target,
                protocol=spec.protocol,
                created=clock.now(),
                epochs_planned=spec.epochs_planned,
                cluster=cluster,
            )

    def move(self, run: int, cluster: str) -> None:
        """Have the trials that are left of a run trained on `cluster`; empty: in the engine."""
        with self.writing() as connection:
            set_columns(connection, run, cluster=cluster)

    def setting(self, name: str) -> str:
        """A setting of the engine; empty where it has not been set."""
        rows = self.select("SELECT value FROM settings WHERE name = ?", name)
        return str(rows[0]["value"]) if rows else ""

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting of the engine for the runs that are submitted from now on."""
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def runs(self, include_deleted: bool = False) -> list[RunRecord]:
        """All runs, newest first."""
        where = "" if include_deleted else "WHERE deleted IS NULL"
        return self._records(f"{where} ORDER BY id DESC")

    def live_runs(self) -> list[RunRecord]:
        """Runs that are queued, running, stopping or paused, oldest first."""
        return self._records(
            "WHERE status IN ('queued', 'running', 'stopping', 'paused') ORDER BY id"
        )

    def run(self, run: int) -> RunRecord:
        """One run; raises `EngineError` when there is none of that number."""
        found = self._records("WHERE id = ?", run)
        if not found:
            raise EngineError(
                f"There is no run {run}.", "penguin-tui runs lists the runs there are."
            )
        return found[0]

    def has_ended(self, run: int) -> bool:
        """Whether a run has come to its end; takes a tenth of the time of reading it."""
        return bool(self.select("SELECT 1 FROM runs WHERE id = ? AND ended IS NOT NULL", run))

    def _records(self, rest: str, *values: Any) -> list[RunRecord]:
        query = f"SELECT {RUN_COLUMNS} FROM runs {rest}"  # noqa: S608 - own text
        return [run_record(row) for row in self.select(query, *values)]

    def events(self, run: int, after: int = 0) -> "tuple[int, list[Event]]":
        """What a run has reported since number `after`, and the number to ask from next.

        A block of epochs that has grown since then comes again in full.
        """
        from engine.runs.events import EpochBlock, event_from_json

        with explained(self.home):
            self._connection.execute("BEGIN")
            try:
                rows = self._connection.execute(
                    "SELECT number, body, NULL AS key, NULL AS first, NULL AS columns FROM events"
                    " WHERE run = :run AND number > :after UNION ALL"
                    " SELECT number, body, training_key, first, columns FROM epochs"
                    " WHERE run = :run AND number > :after ORDER BY number",
                    {"run": run, "after": after},
                ).fetchall()
            finally:
                self._connection.execute("COMMIT")
        with readable(f"what run {run} has reported"):
            events = [
                event_from_json(unpacked_text(row["body"]))
                if row["key"] is None
                else EpochBlock.from_bytes(
                    row["key"], row["first"], unpacked(row["body"]), row["columns"].split(",")
                )
                for row in rows
            ]
        return (rows[-1]["number"] if rows else after), events

    def rename(self, run: int, name: str) -> None:
        """Give a run a name."""
        self._update(run, name=name)

    def annotate(self, run: int, note: str) -> None:
        """Keep a note with a run."""
        self._update(run, note=note)

    def set_tags(self, run: int, tags: Iterable[str]) -> None:
        """Let a run have these tags, each once; blanks part them."""
        self._update(run, tags=" ".join(dict.fromkeys(" ".join(tags).split())))

    def set_decision_rule(self, run: int, rule: "DecisionRule | None") -> None:
        """Keep how the run's model is to decide; None: as it was trained."""
        self._update(run, decision_rule=None if rule is None else rule.model_dump_json())

    def delete(self, run: int) -> None:
        """Hide a run that has ended; `undelete` brings it back."""
        with self.writing() as connection:
            # in one transaction: it may be resumed this very moment
            if self.run(run).live:
                raise EngineError(f"Run {run} is still running.", "Stop it first.")
            set_columns(connection, run, deleted=clock.now())

    def undelete(self, run: int) -> None:
        """Bring a deleted run back."""
        self._update(run, deleted=None)

    def _update(self, run: int, **columns: Any) -> None:
        with self.writing() as connection:
            set_columns(connection, run, **columns)

    # -- requests to the engine -------------------------------------------------------------

    def request(self, run: int | None, what: RequestKind) -> int:
        """Put a request to a run, or to the engine; returns its number.

        A queued run is stopped at once: no engine has to be alive for it.
        """
        with self.writing() as connection:
            if what in ("stop", "kill") and run is not None:
                now = clock.now()
                connection.execute(
                    "UPDATE runs SET status = 'stopped', ended = ?, acknowledged = ?,"
                    " message = 'Stopped before it began.' WHERE id = ? AND status = 'queued'",
                    (now, now, run),
                )
            return insert(connection, "requests", run=run, what=what, made=clock.now())

    def open_requests(self) -> list[Request]:
        """Requests that nobody has acknowledged, oldest first."""
        rows = self.select(
            "SELECT id, run, what FROM requests WHERE acknowledged IS NULL ORDER BY id"
        )
        return [Request(row["id"], row["run"], row["what"]) for row in rows]

    def engine(self) -> EngineRecord | None:
        """The newest engine's record, whether it lives or not."""
        rows = self.select("SELECT record FROM engine")
        return engine_record(rows[0]["record"]) if rows else None

    def set_engine(self, record: EngineRecord | None) -> None:
        """Say who the engine is; None when there is none any more."""
        with self.writing() as connection:
            connection.execute("DELETE FROM engine")
            if record is not None:
                insert(connection, "engine", one=1, record=json.dumps(asdict(record)))

    # -- what else is stored ---------------------------------------------------------------

    def artefact(self, run: int, name: str) -> bytes | None:
        """Something a run has left (`model.keras`, `preparation.json`), or None."""
        rows = self.select("SELECT body FROM artefacts WHERE run = ? AND name = ?", run, name)
        return bytes(rows[0]["body"]) if rows else None

    def checkpoints(self, run: int) -> dict[int, bytes]:
        """The newest checkpoint of each training of an interrupted run, by trial."""
        rows = self.select("SELECT trial, body FROM checkpoints WHERE run = ?", run)
        return {row["trial"]: bytes(row["body"]) for row in rows}

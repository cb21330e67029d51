"""What batches report comes in, and is reported again here: each of it once.

The host's process stays the only writer: workers send what was reported, and it is reported again
in the thread of the run. Whatever comes twice, because it was sent ahead or because a worker has
died and its batch was done again elsewhere, counts once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.cluster import relay
from engine.environment import clock
from engine.runs.reporter import Reporter


@dataclass(eq=False)
class Sent:
    """A batch on its way: its tasks, its future, and how much of its reports has been taken.

    `shared` is the future of what its tasks share that it was sent with.
    """

    batch: relay.Batch
    tasks: Sequence[Any]
    future: Any = None
    shared: Any = None
    taken: int = 0
    skipped: bool = False


@dataclass(frozen=True)
class Intake:
    """Reports what batches have reported; used by the thread of the run."""

    watch: Any
    reporter: Reporter

    def ahead(self, sent: Sent, part: relay.Part) -> None:
        """Take what a batch reports before its end; where a part is missing, its end has it."""
        if part.first <= sent.taken:
            self._report(sent, part)

    def end(self, sent: Sent, body: bytes) -> float:
        """Take the end of a batch; the seconds that its tasks took."""
        done: relay.Done = relay.read(body)
        self._report(sent, done.part)
        self._compare_threads(done, sent.batch.threads)
        return done.seconds

    def _report(self, sent: Sent, part: relay.Part) -> None:
        """Report all but what is known already, as of when it happened."""
        for report in part.reports[max(0, sent.taken - part.first) :]:
            sent.taken += 1
            with clock.behind(part.now - report.at):
                item = report.item
                if isinstance(item, relay.Call):
                    item.method(self.watch, *item.args, **item.kwargs)
                else:
                    self.reporter.emit(item)

    def _compare_threads(self, done: relay.Done, here: int) -> None:
        """Name a worker that another engine has set up, with another number of threads."""
        if done.threads == here:
            return
        self.reporter.warn(
            f"A worker on {done.host} makes the sums of large products in {done.threads} threads,"
            f" as the first engine that used it, and this engine in {here}: the last bits may"
            " differ. A worker that is restarted takes this engine's."
        )

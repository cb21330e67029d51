"""A connection to a scheduler: what is said to it, and what it says when it is gone."""

import logging
import threading
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError as FuturesCancelledError
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, Self

from engine.client.cluster_choice import refuse_without_dask
from engine.cluster import relay
from engine.cluster.workers import Workers, grouped, refused_because
from engine.errors import EngineError
from engine.runs.reporter import Interrupted
from engine.specs.cluster import Cluster

log = logging.getLogger("engine")

CONNECT_SECONDS = 5.0
_RESUME = (
    "'penguin-tui resume RUN' continues with what is left, on the same cluster;"
    " --cluster names another one, --cluster local this machine."
)


class Connection:
    """A client of one scheduler, for one run; used by the run's thread.

    What waits for an answer raises `Interrupted` where the scheduler is gone.
    """

    def __init__(self, cluster: Cluster) -> None:
        """Connect; raises `EngineError` with what to do where that is not possible."""
        refuse_without_dask()
        cluster.refuse_unencrypted()
        self.cluster = cluster
        # what each worker has said of itself, by its address
        self._known: dict[str, Any] = {}
        # imported here: who names no cluster has nothing of Dask in the process
        distributed = import_module("distributed")
        self._killed: type[Exception] = distributed.KilledWorker
        security = distributed.Security(
            require_encryption=cluster.encrypted,
            tls_ca_file=cluster.ca or None,
            tls_client_cert=cluster.cert or None,
            tls_client_key=cluster.key or None,
        )
        try:
            self._client = distributed.Client(
                cluster.address, timeout=CONNECT_SECONDS, security=security, set_as_default=False
            )
        # of TLS, of the network, of files that are not there: Dask has one word for none of them
        except Exception as error:
            log.info("no connection to %s", cluster.address, exc_info=error)
            raise EngineError(
                f"The scheduler {cluster.address} cannot be reached: {_reason(error)}.",
                "Start it with 'dask scheduler' (docs/cluster.md), or stay here: --cluster local.",
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close(timeout=1)

    def workers(self, mine: Mapping[str, Any]) -> Workers:
        """Ask all workers what they are; `mine` is the provenance of this process.

        Raises `EngineError` where a worker is spoken to in the clear.
        """
        with self._reaching():
            threads: dict[str, int] = self._client.nthreads()
            for address in threads:
                self.cluster.refuse_unencrypted(address)
            new = [address for address in threads if address not in self._known]
            if new:
                self._known |= self._client.run(relay.describe, workers=new, on_error="return")
        found = {address: self._known[address] for address in threads if address in self._known}
        refused = {
            address: why for address, own in found.items() if (why := refused_because(own, mine))
        }
        good = {address: threads[address] for address in found if address not in refused}
        return Workers(good, grouped(good, found, mine), refused)

    # -- batches -------------------------------------------------------------------------------

    def scatter(self, name: str, body: bytes, workers: Sequence[str]) -> Any:
        """Bytes to all `workers`, from one to the next as a tree; who has `name` keeps it."""
        with self._reaching():
            return self._client.scatter({name: body}, workers=workers, broadcast=True)[name]

    def submit(
        self, batch: relay.Batch, shared: Any, key: str, workers: Sequence[str] | None
    ) -> Any:
        """The future of a batch, which one of `workers` does; None: anyone."""
        with self._reaching():
            return self._client.submit(
                relay.do, batch, shared, key=key, pure=False, workers=workers
            )

    def gather(self, futures: Sequence[Any]) -> list[bytes]:
        """What batches that have ended came to, all in one question."""
        with self._reaching():
            found: list[bytes] = self._client.gather(list(futures))
        return found

    def why_cancelled(self, future: Any) -> str:
        """Dask's word for why nobody does a batch any more; empty where it has none."""
        try:
            future.result()
        except FuturesCancelledError as error:
            return str(getattr(error, "reason", ""))
        return ""

    def killed_workers(self, error: BaseException) -> bool:
        """Whether it says that several workers have died of the same batch."""
        return isinstance(error, self._killed)

    # -- events and shared data -------------------------------------------------------------------

    def listen(self, topic: str, take: Callable[[bytes], object]) -> None:
        """Have `take` called, in a thread of Dask's, with what workers send ahead."""
        with self._reaching():
            self._client.subscribe_topic(topic, lambda event: take(event[1]))

    def forget(self, topic: str, futures: Sequence[Any]) -> None:
        """End what `listen` has begun, and batches that are not wanted, also those that run."""
        # where the scheduler is gone it has forgotten them
        if self._client.status == "running":
            with suppress(Interrupted), self._reaching():
                self._client.unsubscribe_topic(topic)
                if futures:
                    self._client.cancel(list(futures), force=True)

    def broadcast(self, function: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Have every worker call a function, without waiting for those that do not answer."""
        threading.Thread(
            target=self._client.run, args=(function, *args),
            kwargs={**kwargs, "on_error": "ignore"}, name="cluster-request", daemon=True,
        ).start()  # fmt: skip

    @property
    def gone(self) -> Interrupted:
        """What a run ends with whose scheduler is gone."""
        return Interrupted(f"The scheduler {self.cluster.address} is gone.", _RESUME)

    def lost(self, times: int) -> Interrupted:
        """What a run ends with whose data no worker has any more, for so many times."""
        return Interrupted(
            f"All workers of {self.cluster.address} that had the data of this run"
            f" were lost {times} times.",
            _RESUME,
        )

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """What fails of the network while the scheduler is spoken to means that it is gone."""
        try:
            yield
        except (OSError, CancelledError, FuturesCancelledError) as error:
            raise self.gone from error
        except Exception as error:
            # Dask closes a client whose scheduler stays away, and has many words for that
            if self._client.status not in ("closing", "closed"):
                raise
            raise self.gone from error


def _reason(error: Exception) -> str:
    """What the system says of it, in a few words; else the innermost that is said at all."""
    said, found = "no answer", error
    while found is not None:
        said = getattr(found, "strerror", None) or str(found).partition("\n")[0] or said
        found = found.__cause__ or found.__context__  # type: ignore[assignment]
    return said.rstrip(".")

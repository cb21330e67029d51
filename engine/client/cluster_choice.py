"""Where the trials of a run are to be trained, as a person has said it."""

from importlib.util import find_spec
from pathlib import Path

from engine.environment.variables import CLUSTER
from engine.errors import EngineError
from engine.kinds import KINDS
from engine.specs.cluster import LOCAL, Cluster
from engine.store.store import Store

# its name among the engine's settings
SETTING = "cluster"


def chosen_cluster(
    store: Store, kind: str, requested: str = "", otherwise: str = ""
) -> Cluster | None:
    """The cluster for a run of `kind`; None: the engine's own process.

    What was `requested` for this run counts first, then the variable, the engine's setting, and
    `otherwise`. Raises `EngineError` where the cluster cannot be used.
    """
    text = requested or kept_choice(store) or otherwise
    if text in ("", LOCAL) or not KINDS[kind].distributes:
        return None
    return usable(Cluster.parse(text))


def kept_choice(store: Store) -> str:
    """What is said for all runs, by the variable or else the engine's setting: may be `local`."""
    return CLUSTER.value() or store.setting(SETTING)


def keep_choice(store: Store, text: str) -> Cluster | None:
    """Make a cluster the engine's setting; `local` or nothing: this machine.

    Raises `EngineError` where it cannot be used, or the variable says otherwise.
    """
    if CLUSTER.value():
        raise EngineError(
            f"{CLUSTER.name} names {CLUSTER.value()} for all runs.", f"Unset {CLUSTER.name} first."
        )
    cluster = None if text in ("", LOCAL) else usable(Cluster.parse(text))
    store.set_setting(SETTING, cluster.text if cluster is not None else text)
    return cluster


def usable(cluster: Cluster) -> Cluster:
    """The cluster with its files named from the root; `EngineError` where it cannot be used."""
    refuse_without_dask()
    cluster.refuse_unencrypted()
    files = {name: Path(path).expanduser().absolute() for name, path in cluster.files.items()}
    for name, path in files.items():
        if not path.is_file():
            raise EngineError(f"{name}: there is no file {path}.", "Name the PEM file for TLS.")
    return cluster.model_copy(update={name: str(path) for name, path in files.items()})


def refuse_without_dask() -> None:
    """Raise `EngineError` where the extra is not installed."""
    if find_spec("distributed") is None:
        raise EngineError(
            "A cluster takes Dask, which is not installed.",
            "Install the extra: pip install 'penguin-tui[cluster]'.",
        )

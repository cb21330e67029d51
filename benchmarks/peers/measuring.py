"""Starts a process for each peer, asks them in turns, and puts what they answer side by side."""

import hashlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

from platformdirs import user_cache_path

from benchmarks.peers.work import SIZES, Size
from engine.environment.isolation import engine_environment

ROOT: Final = Path(__file__).parent.parent.parent
REQUIREMENTS: Final = ROOT / "benchmarks" / "peers.txt"
# where the peers' environment is made, unless told otherwise
FOLDER: Final = user_cache_path("penguin-tui") / "peers"
# name -> module, and whether it works in the peers' environment or in the project's
PEERS: Final = {
    "ours": ("our_peer", False),
    "jax": ("jax_peer", True),
    "pytorch": ("pytorch_peer", True),
    "keras": ("keras_peer", False),
    "mlp": ("mlp_peer", False),
}
_ROUNDS: Final = 9
# a round of the larger sizes takes many seconds
_FEWER_ROUNDS: Final = 4
_SMALL_ROWS: Final = 1_000


class Peer:
    """A process that trains when it is told; ends with its block."""

    def __init__(self, python: Path, module: str, environment: dict[str, str]) -> None:
        self._module = module
        self._process = subprocess.Popen(
            [python, "-m", f"benchmarks.peers.{module}"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.versions: dict[str, str] = self._read()

    def measure(self, size: Size, *, fleet: bool) -> dict[str, float] | None:
        """Seconds a network of one training or one fleet; None where the peer has no fleets."""
        assert self._process.stdin is not None
        print(json.dumps([SIZES.index(size), fleet]), file=self._process.stdin, flush=True)
        found: dict[str, float] | None = self._read()
        return found

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._module} has ended")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def environment(folder: Path) -> Path:
    """The interpreter of the peers' environment, which is made where it is not there yet."""
    python = folder / "bin" / "python"
    mark = folder / "made-from"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)],
                       check=True)  # fmt: skip
        mark.write_text(wanted, encoding="utf-8")
    return python


def measured(sizes: Sequence[Size], folder: Path) -> dict[str, Any]:
    """All peers at all sizes.

    By peer: `one` and `fleet`, median seconds a network at the first of the sizes. `sizes` has the
    medians, minima and the processor's seconds of each size.
    """
    theirs = environment(folder)
    with ExitStack() as stack:
        peers = {
            name: stack.enter_context(
                Peer(theirs, module, dict(os.environ)) if apart
                else Peer(Path(sys.executable), module, engine_environment())
            )
            for name, (module, apart) in PEERS.items()
        }  # fmt: skip
        versions: dict[str, str] = {}
        for peer in peers.values():
            versions |= peer.versions
        by_size = [{"size": size.title, **_in_turns(peers, size)} for size in sizes]
    first = by_size[0]
    return {
        **{
            name: {kind: own and own["median"] for kind, own in first[name].items()}
            for name in PEERS
        },
        "versions": versions,
        "load": os.getloadavg()[1],
        "sizes": by_size,
    }


def _in_turns(peers: dict[str, Peer], size: Size) -> dict[str, Any]:
    rounds = _ROUNDS if size.rows <= _SMALL_ROWS else _FEWER_ROUNDS
    found: dict[str, dict[str, Any]] = {name: {"one": [], "fleet": []} for name in peers}
    for _ in range(rounds):
        for kind in ("one", "fleet"):
            for name, peer in peers.items():
                found[name][kind].append(peer.measure(size, fleet=kind == "fleet"))
    return {
        name: {kind: _summary(answers) for kind, answers in kinds.items()}
        for name, kinds in found.items()
    }


def _summary(answers: list[dict[str, float] | None]) -> dict[str, float] | None:
    own = [answer for answer in answers if answer is not None]
    if not own:
        return None
    walls = [answer["wall"] for answer in own]
    return {
        "median": statistics.median(walls),
        "minimum": min(walls),
        "processor": statistics.median(answer["cpu"] for answer in own),
        "accuracy": statistics.fmean(answer["accuracy"] for answer in own),
    }


def table(found: dict[str, Any]) -> list[str]:
    """In Markdown: a row for each size and kind, milliseconds a network."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    lines = [
        f"Milliseconds a network: median (minimum; of the processor), load {found['load']:.1f};"
        f" {versions}.",
        "",
        f"| training | {' | '.join(PEERS)} |",
        f"|---|{'---|' * len(PEERS)}",
    ]
    for own in found["sizes"]:
        for kind in ("one", "fleet"):
            cells = [_cell(own[name][kind]) for name in PEERS]
            lines.append(f"| {own['size']}, {kind} | {' | '.join(cells)} |")
    return lines


def _cell(own: dict[str, float] | None) -> str:
    if own is None:
        return "–"
    median, least, processor = (own[k] * 1e3 for k in ("median", "minimum", "processor"))
    return f"{median:,.1f} ({least:,.1f}; {processor:,.1f})"

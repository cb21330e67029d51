"""The engine process: one for each home folder, detached from any terminal.

Started on demand by `client.ensure_engine`; `--foreground` keeps it in the
terminal for debugging.
"""

import argparse
import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from engine.environment import provenance
from engine.environment.temporary_folders import remove_left_behind
from engine.store.home import store_path
from engine.store.locks import engine_lock, unsign_engine_lock
from engine.store.migration import backup_path
from engine.store.recovery import mark_lost_runs
from engine.store.store import Store
from engine.store.wake import announce_engine
from engine.version import __version__
from engine.worker.host import Host

log = logging.getLogger("engine")

# the screen's process must stay responsive on a machine with few cores
NICENESS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the engine of a home folder, unless it has one already."""
    parser = argparse.ArgumentParser(prog="engine.worker")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--foreground", action="store_true", help="do not detach (for debugging)")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    if not options.foreground and os.fork():
        return 0
    return _serve(options.home)


def _serve(home: Path) -> int:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(threadName)s %(levelname)s %(message)s"
    )
    lock = engine_lock(home)
    # whoever looks whether an engine is alive holds the lock for a moment
    if not lock.take(seconds=1.0):
        return 0
    provenance.set_environment()
    # an engine that has become a new one is nice already
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    announce_engine(home)
    # what this very start puts beside stays until the next
    migrated_before = backup_path(store_path(home)).exists()
    with Store.open(home) as store:
        if migrated_before:
            store.remove_backup()
        mark_lost_runs(store)
        remove_left_behind()
        host = Host(home, store)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: host.end())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        log.info("engine %s started for %s", __version__, home)
        code = 0
        try:
            host.serve()
            log.info("engine ended")
        except Exception:
            log.exception("the engine failed")
            code = 1
        unsign_engine_lock(home)
    # worker threads that did not stop in time must not keep the process
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    raise SystemExit(main())

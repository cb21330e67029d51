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

from engine.environment.isolation import set_libraries, stay_inside
from engine.store.home import cache_path, private_folder, store_path
from engine.store.locks import engine_lock, unsign_engine_lock
from engine.store.migration import backup_path
from engine.store.recovery import mark_lost_runs
from engine.store.store import Store
from engine.store.wake import announce_engine
from engine.store.work_folder import remove_left_behind, work_folder
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
    return _serve(options.home.absolute())


def _serve(home: Path) -> int:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(threadName)s %(levelname)s %(message)s"
    )
    lock = engine_lock(home)
    # whoever looks whether an engine is alive holds the lock for a moment
    if not lock.take(seconds=1.0):
        return 0
    set_libraries()
    # an engine that has become a new one is nice already
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    announce_engine(home)
    remove_left_behind(home)
    with work_folder(home) as work:
        stay_inside(work, private_folder(cache_path(home)))
        code = _host(home)
    # worker threads that did not stop in time must not keep the process
    logging.shutdown()
    os._exit(code)


def _host(home: Path) -> int:
    # what this very start puts beside stays until the next
    migrated_before = backup_path(store_path(home)).exists()
    with Store.open(home) as store:
        if migrated_before:
            store.remove_backup()
        mark_lost_runs(store)
        host = Host(home, store)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: host.end())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        log.info("engine %s started for %s", __version__, home)
        try:
            host.serve()
        except Exception:
            log.exception("the engine failed")
            return 1
        finally:
            unsign_engine_lock(home)
    log.info("engine ended")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

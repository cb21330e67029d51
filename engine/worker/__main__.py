"""The engine process: one for each home folder, detached from any terminal.

Started on demand by `client.ensure_engine`; `--foreground` keeps it in the
terminal for debugging.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from engine.environment.isolation import set_libraries, stay_inside
from engine.errors import EngineError
from engine.store.explain import why_unwritable
from engine.store.heartbeat import beat
from engine.store.home import cache_path, private_folder, store_path
from engine.store.locks import engine_lock, unsign_engine_lock
from engine.store.migration import backup_path
from engine.store.pruning import keep_reserve
from engine.store.recovery import mark_lost_runs
from engine.store.store import Store
from engine.store.wake import announce_engine
from engine.store.work_folder import remove_left_behind, work_folder
from engine.version import __version__
from engine.worker.host import Host

log = logging.getLogger("engine")

# what an engine says that has come up, or that there is one already
_UP = "up"
# the screen's process must stay responsive on a machine with few cores
NICENESS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the engine of a home folder, unless it has one already.

    Detached, this process waits until the engine it has become the parent of
    has come up. Its exit code says whether it did, its output why not: a
    sentence, and what to do, on a line each.
    """
    parser = argparse.ArgumentParser(prog="engine.worker")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--foreground", action="store_true", help="do not detach (for debugging)")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    if options.foreground:
        return _serve(options.home.absolute(), None)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child:
        os.close(write_end)
        return _wait_for_start(read_end, child)
    os.close(read_end)
    # whoever reads this output waits for its end, and the engine lives on
    os.dup2(2, 1)
    return _serve(options.home.absolute(), write_end)


def _wait_for_start(read_end: int, child: int) -> int:
    with open(read_end, encoding="utf-8", errors="replace") as pipe:
        said = pipe.read()
    if said == _UP:
        return 0
    if not said:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        how = f"was ended by {signal.strsignal(-code)}" if code < 0 else f"ended with code {code}"
        said = f"its process {how} while it was starting"
    print(said)
    return 1


def _say(write_end: int | None, text: str) -> None:
    """Tell the process that has started this one how that went; once."""
    if write_end is not None:
        os.write(write_end, text.encode())
        os.close(write_end)


def _serve(home: Path, write_end: int | None) -> int:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(threadName)s %(levelname)s %(message)s"
    )
    with ExitStack() as folders:
        try:
            host = _come_up(home, folders)
        except Exception as error:
            log.exception("the engine cannot start")
            _say(write_end, _cause(home, error))
            return 1
        _say(write_end, _UP)
        if host is None:
            return 0
        code = _work(host)
    # worker threads that did not stop in time must not keep the process
    logging.shutdown()
    os._exit(code)


def _come_up(home: Path, folders: ExitStack) -> Host | None:
    """Everything up to the first record in the store; None where there is an engine already."""
    # held as long as this process lives; who looks whether it does holds it for a moment
    if not engine_lock(home).take(seconds=1.0):
        return None
    for name in (signal.SIGTERM, signal.SIGINT):
        # a request to end may come while there is no host yet to take it
        signal.signal(name, lambda *_: sys.exit(0))
    try:
        return _host(home, folders)
    except BaseException:
        # nor may it keep others waiting for an engine that never was
        with suppress(OSError):
            unsign_engine_lock(home)
        raise


def _host(home: Path, folders: ExitStack) -> Host:
    """A host that can be reached, in a process that holds the lock."""
    beat(home)
    set_libraries()
    # an engine that has become a new one is nice already
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    announce_engine(home)
    remove_left_behind(home)
    stay_inside(folders.enter_context(work_folder(home)), private_folder(cache_path(home)))
    # what this very start puts beside stays until the next
    migrated_before = backup_path(store_path(home)).exists()
    # open until this process ends
    store = Store.open(home)
    if migrated_before:
        store.remove_backup()
    keep_reserve(home)
    mark_lost_runs(store)
    host = Host(home, store)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: host.end())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    host.introduce()
    return host


def _work(host: Host) -> int:
    log.info("engine %s started for %s", __version__, host.home)
    try:
        host.serve()
        host.store.close()
        unsign_engine_lock(host.home)
    except EngineError as error:
        log.error("the engine ends: %s", error.message)
        return 1
    except Exception:
        log.exception("the engine failed")
        return 1
    log.info("engine ended")
    return 0


def _cause(home: Path, error: Exception) -> str:
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, OSError):
        return f"{why_unwritable(home) or error}."
    return f"unexpected error ({type(error).__name__}); see 'penguin-tui engine log'."


if __name__ == "__main__":
    raise SystemExit(main())

"""An engine that is told to end while it is still coming up."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store.locks import engine_alive

STARTS = """
import sys
import engine.worker.__main__ as worker

class Slow:
    def open(home):
        print("opening", flush=True)
        sys.stdin.read()

worker.Store = Slow
sys.exit(worker.main(["--home", {home!r}, "--foreground"]))
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_no_signature_for_others_to_wait_for(tmp_path: Path, how: signal.Signals) -> None:
    tmp_path.chmod(0o700)
    command = [sys.executable, "-c", STARTS.format(home=str(tmp_path))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None
        assert engine.stdout.readline() == b"opening\n"
        assert (tmp_path / "engine.lock").read_text()
        assert engine_alive(tmp_path)
        engine.send_signal(how)
        assert engine.wait() == 0
    assert (tmp_path / "engine.lock").read_text() == ""
    assert not engine_alive(tmp_path)

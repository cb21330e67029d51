"""An sshd of one's own on 127.0.0.1, with a key and a configuration in a temporary folder."""

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

MISSING = (
    "{name} is missing: links are measured through a real sshd. Install OpenSSH's server and client"
    " (Debian, Ubuntu: openssh-server; Fedora: openssh-server openssh-clients)."
)
# where Debian's sshd wants an empty folder when it is started by root
PRIVILEGES = Path("/run/sshd")
READY_SECONDS = 10.0


class SshServer:
    """The server, as a context manager; `folder` is private and gone afterwards.

    Raises RuntimeError where OpenSSH is not installed or does not start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        program = _program("sshd")
        if os.geteuid() == 0:
            PRIVILEGES.mkdir(parents=True, exist_ok=True)
        for name in ("host", "id"):
            subprocess.run(
                [_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        self.port = _free_port()
        config = folder / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\n"
            f"AuthorizedKeysFile {folder}/id.pub\nAllowUsers {getpass.getuser()}\n"
            "PasswordAuthentication no\nPermitRootLogin prohibit-password\nStrictModes no\n"
            "UsePAM no\nPidFile none\nPrintMotd no\nPrintLastLog no\n"
        )
        with (folder / "sshd.log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-D", "-e", "-f", str(config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._wait()

    def command(self, port: int, remote: Sequence[str], env: Mapping[str, str]) -> list[str]:
        """How a person would run `remote` from afar, in a terminal, through a port of this machine.

        `env` is set there, since a server takes no variables by itself.
        """
        variables = [f"{name}={value}" for name, value in env.items()]
        options = ("StrictHostKeyChecking=no", f"UserKnownHostsFile={self._folder}/known",
                   "LogLevel=ERROR", "IdentitiesOnly=yes", "ConnectTimeout=60")  # fmt: skip
        return [
            _program("ssh"), "-tt", "-F", "none", "-i", str(self._folder / "id"), "-p", str(port),
            *(part for option in options for part in ("-o", option)),
            f"{getpass.getuser()}@127.0.0.1",
            shlex.join(["env", "-C", os.getcwd(), *variables, *remote]),
        ]  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self._process.terminate()
        raise RuntimeError(f"sshd does not start: {(self._folder / 'sshd.log').read_text()}")


def _program(name: str) -> str:
    """Where a program of OpenSSH is; sshd is not in everybody's PATH."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError(MISSING.format(name=name))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

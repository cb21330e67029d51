"""A page in headless Chromium, over the pipe of its devtools: no port, no driver."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60
# the protocol is spoken on descriptors 3 and 4
_EXEC = (
    "import os, sys; from fcntl import F_DUPFD, fcntl;"
    " high = [fcntl(int(own), F_DUPFD, 20) for own in sys.argv[1:3]];"
    " os.dup2(high[0], 3); os.dup2(high[1], 4); os.execv(sys.argv[3], sys.argv[3:])"
)


def browser_path() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page. Everything that it asks for over the network is in `requests`."""

    def __init__(self, send: int, receive: int) -> None:
        self._send, self._receive = send, receive
        self._number, self._session = 0, ""
        self._rest = b""
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while (found := self._next()).get("id") != self._number:
            pass
        assert "error" not in found, found
        result: dict[str, Any] = found["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            chunk = os.read(self._receive, 1 << 16)
            assert chunk, "the browser has ended"
            self._rest += chunk
        body, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(body)
        if found.get("method") == "Network.requestWillBeSent":
            self.requests.append(found["params"]["request"]["url"])
        return found

    def open(self, page: Path, *, width: int, scheme: str, height: int = 900) -> None:
        """Show a file in a window of that width, in the colour scheme `light` or `dark`."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.requests.clear()
        self.call("Page.navigate", url=page.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript is on the page, whose own policy lets none run."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"]["value"]


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with its profile in `folder`."""
    path = browser_path()
    assert path is not None
    to_browser, send = os.pipe()
    receive, from_browser = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _EXEC, str(to_browser), str(from_browser), path, "--headless=new",
         "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
         f"--user-data-dir={folder}"],
        pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(to_browser)
    os.close(from_browser)
    try:
        found = Browser(send, receive)
        yield found
        found._session = ""
        found.call("Browser.close")
        process.wait(_SECONDS)
    finally:
        process.kill()
        process.wait()
        os.close(send)
        os.close(receive)

"""A cluster that trials may be trained on: where its scheduler is, and how it is reached.

Dask pickles what it sends, and whoever can speak to a scheduler runs code on its workers: without
TLS only this machine is spoken to, unless that is asked for.
"""

import ipaddress
from typing import Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from engine.errors import EngineError
from engine.specs.base import Frozen
from engine.specs.typed_text import quoted

# for a run that is to stay here, whatever the environment says
LOCAL: Final = "local"
ALLOWED = "tcp://HOST:PORT or tls://HOST:PORT"
_FILES = ("ca", "cert", "key")


class Cluster(Frozen):
    """The scheduler at `address`; `ca`, `cert` and `key` are paths of PEM files for TLS.

    `insecure`: pickled data may go unencrypted to another machine.
    """

    address: str
    ca: str = ""
    cert: str = ""
    key: str = ""
    insecure: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `tls://host:8786?ca=…&cert=…&key=…`; `EngineError` on anything else."""
        try:
            parts = urlsplit(text.strip())
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            insecure = options.pop("insecure", "0")
            known = set(options) <= set(_FILES) and insecure in ("0", "1")
            at = bool(parts.hostname and parts.port) and parts.path in ("", "/")
            if not (known and at and parts.scheme in ("tcp", "tls") and not parts.fragment):
                raise ValueError
        except ValueError:
            raise EngineError(
                f"{quoted(text)} is no address of a scheduler.",
                f"Write {ALLOWED}, as dask-scheduler prints it; for TLS with"
                " ?ca=FILE&cert=FILE&key=FILE after it.",
            ) from None
        address = f"{parts.scheme}://{parts.netloc}"
        return cls(address=address, insecure=insecure == "1", **options)

    @property
    def files(self) -> dict[str, str]:
        """The paths that are named, by what they are."""
        return {name: getattr(self, name) for name in _FILES if getattr(self, name)}

    @property
    def text(self) -> str:
        """What `parse` reads."""
        query = urlencode(self.files | ({"insecure": "1"} if self.insecure else {}), safe="/")
        return f"{self.address}?{query}" if query else self.address

    @property
    def encrypted(self) -> bool:
        """Whether it is reached over TLS."""
        return self.address.startswith("tls:")

    def refuse_unencrypted(self, address: str | None = None) -> None:
        """Raise `EngineError` where data would go to `address` in the clear; else the scheduler."""
        where = address or self.address
        if self.insecure or where.startswith("tls:") or is_loopback(where):
            return
        raise EngineError(
            f"{where} is another machine and not reached over TLS: the data would go there in the"
            " clear, and whoever can reach it could run code there.",
            "Use tls:// with --tls-ca-file, --tls-cert and --tls-key, or --insecure in a network"
            " that only you can reach.",
        )


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine alone."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # a name may be looked up anywhere, but for this one
        return host == "localhost"

"""A link of a set rate and round trip between two ports of this machine, which can go down.

Everything that connects to `port` is connected to `to`, through a process of its own that passes
the bytes on as late as such a link would. What the link has no room for stays with the sender: the
buffers of both sockets are small, so that its own system holds it back, as on a real link.
"""

import asyncio
import multiprocessing
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from typing import Self

# a packet of a usual link, and what IP and TCP add to each
PACKET, HEADERS = 1400, 40
# what the devices on the way hold before they refuse more
DEVICE_BUFFER = 4096
DOWN_STEP = 0.01


@dataclass
class Line:
    """One direction: `rate` in bytes a second (0: no limit), `delay` in seconds."""

    rate: float
    delay: float
    # when the line has sent all that it was given
    free: float = 0.0

    def take(self, size: int, now: float) -> tuple[float, float]:
        """Give it so many bytes; returns when it can take more, and when these have arrived."""
        sending = (size + HEADERS) / self.rate if self.rate else 0.0
        self.free = max(self.free, now) + sending
        return self.free, self.free + self.delay


class ShapedLink:
    """The link, as a context manager; `rate` in bytes a second each way, `rtt` in seconds."""

    def __init__(self, to: int, *, rate: float, rtt: float) -> None:
        self.rtt = rtt
        context = multiprocessing.get_context("spawn")
        told, tell = context.Pipe(duplex=False)
        self._down = context.Event()
        self._received = context.Value("q", 0)
        self._process = context.Process(
            target=_serve, args=(tell, to, rate, rtt / 2, self._down, self._received), daemon=True
        )
        self._process.start()
        self.port: int = told.recv()

    def down(self) -> None:
        """Pass nothing on any more, in either direction; nothing is lost."""
        self._down.set()

    def up(self) -> None:
        """Go on where it stopped."""
        self._down.clear()

    @property
    def received(self) -> int:
        """Bytes that have arrived at those who connected, without the headers of packets."""
        return int(self._received.value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(
    tell: Connection, to: int, rate: float, delay: float, down: Event, received: "Synchronized[int]"
) -> None:
    asyncio.run(_listen(tell, to, rate, delay, down, received))


async def _listen(
    tell: Connection, to: int, rate: float, delay: float, down: Event, received: "Synchronized[int]"
) -> None:
    loop = asyncio.get_running_loop()
    listening = _small(socket.socket())
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    tell.send(listening.getsockname()[1])
    # those who connect share the link
    there, back = Line(rate, delay), Line(rate, delay)
    pumps = set[asyncio.Task[None]]()
    while True:
        near, _ = await loop.sock_accept(listening)
        near.setblocking(False)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far = _small(socket.socket())
        await loop.sock_connect(far, ("127.0.0.1", to))
        for source, sink, line, count in ((near, far, there, None), (far, near, back, received)):
            pump = asyncio.create_task(_pump(source, sink, line, down, count))
            pumps.add(pump)
            pump.add_done_callback(pumps.discard)


def _small(made: socket.socket) -> socket.socket:
    """A socket that takes packets of a usual link, and few of them."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEVICE_BUFFER)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, PACKET)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setblocking(False)
    return made


async def _pump(
    source: socket.socket,
    sink: socket.socket,
    line: Line,
    down: Event,
    count: "Synchronized[int] | None",
) -> None:
    """Read as fast as the line takes it, and have it arrive after the delay."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    arriving = asyncio.create_task(_arrive(under_way, sink, down, count))
    data = b"-"
    while data:
        data = b""
        with suppress(ConnectionError):
            data = await loop.sock_recv(source, PACKET)
        while down.is_set():
            await asyncio.sleep(DOWN_STEP)
        free, due = line.take(len(data), time.monotonic())
        under_way.put_nowait((due, data))
        await asyncio.sleep(free - time.monotonic())
    await arriving
    source.close()


async def _arrive(
    under_way: "asyncio.Queue[tuple[float, bytes]]",
    sink: socket.socket,
    down: Event,
    count: "Synchronized[int] | None",
) -> None:
    loop = asyncio.get_running_loop()
    data = b"-"
    while data:
        due, data = await under_way.get()
        await asyncio.sleep(due - time.monotonic())
        while down.is_set():
            await asyncio.sleep(DOWN_STEP)
        with suppress(OSError):
            if data:
                await loop.sock_sendall(sink, data)
            else:
                sink.shutdown(socket.SHUT_WR)
        if count is not None:
            count.value += len(data)

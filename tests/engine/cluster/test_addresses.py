"""Addresses of schedulers: what is none, and which need TLS."""

import pytest

from engine.errors import EngineError
from engine.specs.cluster import Cluster


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("tcp://127.0.0.1:8786", True),
        ("tcp://localhost:8786", True),
        ("tcp://[::1]:8786", True),
        ("tls://10.0.0.1:8786", True),
        ("tcp://10.0.0.1:8786?insecure=1", True),
        ("tcp://10.0.0.1:8786", False),
        ("tcp://localhost.example:8786", False),
    ],
)
def test_pickled_data_go_over_tls_or_stay_on_the_machine(text: str, allowed: bool) -> None:
    cluster = Cluster.parse(text)
    assert Cluster.parse(cluster.text) == cluster
    if allowed:
        cluster.refuse_unencrypted()
        return
    with pytest.raises(EngineError, match="in the clear"):
        cluster.refuse_unencrypted()


def test_a_worker_that_is_reached_in_the_clear_is_refused_as_well() -> None:
    with pytest.raises(EngineError, match=r"tcp://10\.0\.0\.2:1 is another machine"):
        Cluster.parse("tcp://127.0.0.1:8786").refuse_unencrypted("tcp://10.0.0.2:1")


@pytest.mark.parametrize("text", ["host", "http://host:1", "tcp://host", "tcp://h:1?x=1", "tcp://"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="is no address of a scheduler"):
        Cluster.parse(text)

"""Which workers are refused, and which are alike."""

from engine.cluster.relay import describe
from engine.cluster.workers import grouped, refused_because


def test_other_versions_are_refused_and_another_processor_is_named() -> None:
    mine = describe()
    other = mine | {"versions": mine["versions"] | {"numpy": "1.0"}}
    assert refused_because(mine, mine) == ""
    assert "numpy" in refused_because(other, mine)
    assert "there 1.0" in refused_because(other, mine)
    assert "does not run there" in refused_because(ModuleNotFoundError("engine"), mine)
    slower = mine | {"host": "b", "cpu": "another"}
    (first, second) = grouped({"x": 2, "y": 1, "z": 1}, {"x": mine, "y": slower, "z": mine}, mine)
    assert (first.workers, first.threads, first.same_processor) == (2, 3, True)
    assert (second.host, second.cpu, second.same_processor) == ("b", "another", False)

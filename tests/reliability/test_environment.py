"""The same specs under the worst surroundings: the same bits, and nothing of the person's touched.

`make torture` tries some thirty of them.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.torture_environment import Outcome, Program, differing, started
from benchmarks.torture_surroundings import WORST, Person, Surroundings, settle

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """What each of the three came to; their engines load side by side."""
    with ExitStack() as stack:
        places = {name: tmp_path_factory.mktemp("place") / "all" for name in WORST}
        finishing = {
            name: stack.enter_context(started(places[name], around))
            for name, around in WORST.items()
        }
        yield {name: finish() for name, finish in finishing.items()}


@pytest.fixture(scope="module")
def expected(engine_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All figures as the tests' own engine has them."""
    program = Program(Person(tmp_path_factory.mktemp("plain")), Surroundings(home=engine_home))
    program.queue()
    return program.figures()


@pytest.mark.parametrize("name", WORST)
def test_the_same_specs_give_the_same_bits(
    expected: dict[str, str], outcomes: dict[str, Outcome], name: str
) -> None:
    assert differing(expected, outcomes[name].figures) == []


@pytest.mark.parametrize("name", WORST)
def test_nothing_of_the_persons_is_run_or_touched(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].broken == ()


def test_help_does_not_depend_on_how_python_was_started(tmp_path: Path) -> None:
    person = settle(tmp_path / "all")
    plain = Program(person, Surroundings())
    for around in WORST.values():
        hostile = Program(person, around)
        for command in (["--help"], ["run", "--help"], ["fields", "train"], ["schema", "train"]):
            assert hostile(*command) == plain(*command)
        assert hostile.failed == plain.failed == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_program_is_looked_up_on_the_persons_path(tmp_path: Path, shell: str) -> None:
    person = settle(tmp_path / "all")
    program = Program(person, Surroundings())
    assert "penguin-tui" in program("completion", shell)
    assert program.failed == []
    assert not person.mark.exists()

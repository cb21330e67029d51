"""The same specs under the worst surroundings: the same bits, and nothing of the person's touched.

`make torture` tries some thirty of them.
"""

from pathlib import Path

import pytest

from benchmarks.torture.environment import Outcome, Program, differing, outcome
from benchmarks.torture.surroundings import WORST, Person, Surroundings, settle
from tests.support.command_line import call

pytestmark = pytest.mark.timeout(600)


class Here(Program):
    """The command line in this process, with the home folder that is set in it."""

    def __call__(self, *arguments: str) -> str:
        return call(*arguments).stdout


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the runs came to in the worst surroundings."""
    return outcome(tmp_path_factory.mktemp("place") / "all", WORST)


@pytest.fixture(scope="module")
def expected(engine_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All figures as the tests' own engine has them."""
    program = Here(Person(tmp_path_factory.mktemp("plain")), Surroundings())
    program.queue()
    return program.figures()


def test_the_same_specs_give_the_same_bits(expected: dict[str, str], found: Outcome) -> None:
    assert differing(expected, found.figures) == []


def test_nothing_of_the_persons_is_run_or_touched(found: Outcome) -> None:
    assert found.broken == ()


def test_help_does_not_depend_on_how_python_was_started(tmp_path: Path) -> None:
    person = settle(tmp_path / "all")
    commands = (["--help"], ["run", "--help"], ["fields", "train"], ["schema", "train"])
    plain = Program(person, Surroundings())
    expected = [plain(*command) for command in commands]
    assert plain.failed == []
    hostile = Program(person, WORST)
    assert [hostile(*command) for command in commands] == expected
    assert hostile.failed == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_program_is_looked_up_on_the_persons_path(tmp_path: Path, shell: str) -> None:
    person = settle(tmp_path / "all")
    program = Program(person, Surroundings())
    assert "penguin-tui" in program("completion", shell)
    assert program.failed == []
    assert not person.mark.exists()

"""The same specs under the worst surroundings: the same bits, and nothing of the person's touched.

`make torture` tries some thirty of them.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.torture_environment import Outcome, Program, differing, started
from benchmarks.torture_surroundings import WORST, Person, Surroundings, settle
from tests.support.command_line import call

pytestmark = pytest.mark.timeout(600)


class Here(Program):
    """The command line in this process, with the home folder that is set in it."""

    def __call__(self, *arguments: str) -> str:
        return call(*arguments).stdout


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
    program = Here(Person(tmp_path_factory.mktemp("plain")), Surroundings())
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
    commands = (["--help"], ["run", "--help"], ["fields", "train"], ["schema", "train"])
    plain = Program(person, Surroundings())
    expected = [plain(*command) for command in commands]
    assert plain.failed == []
    for around in WORST.values():
        hostile = Program(person, around)
        assert [hostile(*command) for command in commands] == expected
        assert hostile.failed == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_program_is_looked_up_on_the_persons_path(tmp_path: Path, shell: str) -> None:
    person = settle(tmp_path / "all")
    program = Program(person, Surroundings())
    assert "penguin-tui" in program("completion", shell)
    assert program.failed == []
    assert not person.mark.exists()

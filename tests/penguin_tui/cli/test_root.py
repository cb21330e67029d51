"""The list of commands says of each what the command says of itself."""

import click
import pytest

from penguin_tui.cli.root import COMMANDS, cli
from tests.support.command_line import call


@pytest.mark.parametrize("name", COMMANDS)
def test_a_line_of_the_list_is_what_the_help_of_the_command_begins_with(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str(limit=1000) == COMMANDS[name]


def test_the_help_lists_all_commands_in_their_order() -> None:
    lines = call("--help").stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines if line[2:3].strip()] == list(COMMANDS)


def test_a_shell_completes_commands_and_options() -> None:
    context = click.Context(cli)
    found = {item.value: item.help for item in cli.shell_complete(context, "re")}
    assert found == {n: COMMANDS[n] for n in ("reproduce", "rerun", "resume", "rename", "report")}
    assert "--version" in [item.value for item in cli.shell_complete(context, "--")]

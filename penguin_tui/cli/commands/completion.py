"""`penguin-tui completion SHELL`: the script that makes a shell complete commands."""

import sys

import click
from click.shell_completion import ShellComplete, get_completion_class

from penguin_tui.cli.output.console import send

SHELLS = ("bash", "zsh", "fish")


# \b keeps click from wrapping the lines that follow
HELP = """Print the completion script of a shell.

\b
bash: eval "$(penguin-tui completion bash)"
zsh:  eval "$(penguin-tui completion zsh)"
fish: penguin-tui completion fish | source

Put the line into the shell's start-up file to keep it.
"""


@click.command("completion", help=HELP)
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion_command(shell: str) -> None:
    """Print the completion script of a shell."""
    from penguin_tui.cli.root import PROGRAM, cli

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    # as the class of a shell does, but for the first `bash` on the PATH, run to learn its version
    script = ShellComplete.source(found(cli, {}, PROGRAM, "_PENGUIN_TUI_COMPLETE"))
    send(sys.stdout, script + "\n")

"""The root command: finds commands when they are called, and answers for what goes wrong."""

import sys
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from engine.environment.variables import VARIABLES, WrongVariable, check_variables
from engine.errors import EngineError
from engine.version import __version__
from penguin_tui.cli.output.console import (
    complain,
    drop_output,
    make_output_safe,
    say_all,
)

PROGRAM = "penguin-tui"
INTERRUPTED = 130
# 128 + SIGPIPE, as the shell reports a program that writes to a closed pipe
CLOSED_PIPE = 141

# each has a module of its name in `commands`, those that change a run in a folder of theirs
CHANGING = ("stop", "pause", "resume", "kill", "rename", "note", "tag", "rm", "prune")
# in the order in which a person meets them, with what the help of each begins with: the list of
# commands, and a shell that completes one, import none
COMMANDS = {
    "run": "Start a run, follow it and print its result.",
    "reproduce": "Reproduce the published example this workbench starts from.",
    "runs": "List the runs, newest first.",
    "compare": "Compare two to eight runs.",
    "show": "Show the result of a run, or its progress now.",
    "check": "Look for what is wrong with a run.",
    "decide": "Show, and keep, how a model decides.",
    "log": "Print a run's log: its epochs as Keras prints them, phases and notes.",
    "rerun": "Rerun a run with the same settings and seed.",
    "stop": "Stop a run, and wait a moment for it to end.",
    "pause": "Pause a run; its place is free for others until 'penguin-tui resume' queues it"
    " again.",
    "resume": "Resume a run that is paused or was interrupted (lost, interrupted, stopped,"
    " failed).",
    "kill": "End a run that does not stop when it is requested to.",
    "rename": "Give a run a name; an empty one takes it away.",
    "note": "Keep a note with a run; an empty one takes it away.",
    "tag": "Tag a run; without a tag, show those it has.",
    "rm": "Remove runs that have ended, or bring them back with --undo.",
    "prune": "Show what old runs no longer need, and remove it.",
    "export": "Write what a run has left to files; '-' is standard output.",
    "import": "Bring a run in that was exported by export --bundle: a folder or a zip file.",
    "figures": "Draw the figures of a run for a notebook or a paper.",
    "report": "Write a report of a run: results, figures, configuration, versions.",
    "predict": "Predict the class of every row of a data file; '-' is standard input.",
    "explain": "Show how much each column matters to what a run predicts.",
    "smallest": "Find the smallest network that does it.",
    "rows": "Print rows of a data file, as it is read, sorted and filtered by any column.",
    "schema": "Print the fields of a kind of run as a JSON schema.",
    "fields": "List the fields of a kind of run: default, what is allowed, what it does.",
    "guide": "Show a step of the guide: the post, what is wrong with it, and done right.",
    "engine": "The engine is the process that does the runs.",
    "completion": "Print the completion script of a shell.",
}


class Root(click.Group):
    """Commands found by name; errors in sentences, with the exit codes of `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and take the command from it."""
        from engine.specs.aliases import OLD_COMMANDS

        cmd_name = OLD_COMMANDS.get(cmd_name, cmd_name)
        if cmd_name not in COMMANDS:
            return None
        folder = "commands.changing" if cmd_name in CHANGING else "commands"
        module = import_module(f"penguin_tui.cli.{folder}.{cmd_name}")
        found: click.Command = getattr(module, f"{cmd_name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, each in a line."""
        room = formatter.width - 6 - max(map(len, COMMANDS))
        known = [click.Command(name, help=begins) for name, begins in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl([(own.name or "", own.get_short_help_str(room)) for own in known])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin like this."""
        found = [CompletionItem(n, help=h) for n, h in COMMANDS.items() if n.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of that name, or the opening of a file where there is none."""
        from penguin_tui.cli.open import is_file_name, open_command

        if args and self.get_command(ctx, args[0]) is None and is_file_name(args[0]):
            return open_command.name, open_command, args
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The environment variables, then the exit codes."""
        with formatter.section("Environment"):
            formatter.write_dl([(v.name, f"{v.help} (default: {v.otherwise})") for v in VARIABLES])
        super().format_epilog(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; a reader who has gone away is no error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            drop_output()
            return CLOSED_PIPE

    def main(self, *args: Any, standalone_mode: bool = True, **options: Any) -> Any:
        """Run a command line; ends the process with its exit code."""
        make_output_safe()
        code = self._exit_code(*args, **{"prog_name": PROGRAM, **options})
        if standalone_mode:
            sys.exit(code)
        return code

    def _exit_code(self, *args: Any, **options: Any) -> int:
        # its overloads cannot be called with arguments that are only passed on
        call: Any = super().main
        try:
            result = call(*args, standalone_mode=False, **options)
            return result if isinstance(result, int) else 0
        except click.exceptions.NoArgsIsHelpError as error:
            say_all(error.format_message().split("\n"), err=True)
            return error.exit_code
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else PROGRAM
            complain(error.format_message(), f"'{command} --help' shows usage.")
            return error.exit_code
        except click.ClickException as error:
            complain(error.format_message(), getattr(error, "hint", ""))
            return error.exit_code
        except EngineError as error:
            complain(error.message, error.hint)
            return 2 if isinstance(error, WrongVariable) else 1
        except (click.Abort, KeyboardInterrupt):
            return INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last place where a person can be informed
            from penguin_tui.app.crash_report import explain

            complain(*explain(error))
            drop_output()
            return 1


@click.group(
    cls=Root,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND [ARGS]... | FILE [TARGET]]",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 finished, 1 failed or diverged, 2 usage error, 130 interrupted.",
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A terminal workbench for small neural networks.

    Without a command it opens the workbench, with a FILE on these data (./NAME
    for one that is called like a command). The commands below do the same work
    for a shell and for scripts.
    """
    check_variables()
    if ctx.invoked_subcommand is None:
        from penguin_tui.cli.open import open_workbench

        ctx.exit(open_workbench())


def main() -> None:
    """Run the command line of this process; ends it."""
    try:
        cli(prog_name=PROGRAM)
    except KeyboardInterrupt:
        # Ctrl+C while the program was still being loaded
        sys.exit(INTERRUPTED)

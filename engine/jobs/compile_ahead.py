"""Programs compiled ahead for the settings that one key press leads to."""

from engine.jobs.play.networks import compile_for
from engine.jobs.play.play_rows import play_rows
from engine.results.playground import Compiled
from engine.runs.reporter import Reporter
from engine.specs.kinds.playground import CompileQuestion


def run(question: CompileQuestion, reporter: Reporter) -> Compiled:
    """Compile one program after the other, as long as somebody waits."""
    rows = play_rows(question.question, reporter)
    used = min(question.question.rows_used or rows.train_rows, rows.train_rows)
    programs = 0
    for network in question.networks:
        reporter.check()
        programs += compile_for(network, rows.sizes, used, reporter)
    return Compiled(programs=programs)

"""Toy data as a file, so that everything that reads files can use them."""

from pathlib import Path

from engine.jobs.play.toys import toy_csv
from engine.results.playground import ToyFile
from engine.runs.reporter import Reporter
from engine.specs.kinds.playground import ToyFileQuestion
from engine.store.home import private_file, private_folder


def run(question: ToyFileQuestion, reporter: Reporter) -> ToyFile:
    """Write the file, unless it is there: it is the same for the same question."""
    toy = question.toy
    folder = private_folder(Path(question.home) / "toys")
    path = folder / f"{toy.shape}-{toy.rows}-{question.noise:g}-{toy.seed}.csv"
    body = toy_csv(toy, question.noise)
    # a run may be reading it
    if not path.exists() or path.read_text(encoding="utf-8") != body:
        private_file(path).write_text(body, encoding="utf-8")
    return ToyFile(path=str(path), target="class")

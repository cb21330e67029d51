"""`--data -`: a table from standard input, kept in the home folder."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.client import submission
from engine.specs.run_spec import RunSpec
from engine.store.home import copies_path
from engine.store.pruning import prunable, prune
from engine.store.store import Store
from penguin_tui.cli.root import cli

BODY = "x;kind\n" + "1,5;a\n2,5;b\n" * 10
LATER = 4e9


@pytest.fixture
def store(store_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of the command line, without an engine: runs stay queued."""
    monkeypatch.setenv("PENGUIN_TUI_HOME", str(store_home))
    monkeypatch.setattr(submission, "ensure_engine", lambda store: None)
    with Store.open(store_home) as opened:
        yield opened


def run(body: str, *options: str) -> Result:
    arguments = ["run", "describe", "--data", "-", "--target", "kind", "--detach", *options]
    return CliRunner().invoke(cli, arguments, input=body)


def kept(home: Path) -> list[str]:
    return [path.name for path in copies_path(home).iterdir()] if copies_path(home).exists() else []


def test_what_comes_is_kept_under_its_hash_and_its_size_is_told(store: Store) -> None:
    done = run(BODY)
    assert done.exit_code == 0, done.output
    name = f"{hashlib.sha256(BODY.encode()).hexdigest()}.csv"
    assert f"Standard input: {len(BODY)} B, kept as" in done.stderr
    spec: RunSpec = store.runs()[0].spec
    assert Path(spec.data) == copies_path(store.home) / name
    assert Path(spec.data).read_text() == BODY
    assert kept(store.home) == [name]


def test_it_is_removed_with_the_last_run_that_uses_it(store: Store) -> None:
    run(BODY)
    assert prunable(store, LATER) == ()
    with store.writing() as connection:
        connection.execute("UPDATE runs SET status = 'finished', ended = 1000, deleted = 2000")
    assert any("copies" in removal.what for removal in prunable(store, LATER))
    prune(store, LATER)
    assert kept(store.home) == []


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        ("", (), "Nothing came from standard input"),
        ("only\nwords\n", (), "only one column"),
        (BODY, ("--target", "klass"), "there is no column 'klass'"),
        ("{}", ("--spec", "-"), "holds the fields already"),
    ],
)
def test_what_cannot_be_used_is_refused_and_not_kept(
    store: Store, body: str, options: tuple[str, ...], words: str
) -> None:
    done = run(body, *options)
    assert done.exit_code == 2
    assert words in done.output
    assert kept(store.home) == []

"""What a run leaves, written to files: for the command line and the screen alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.client.exporting import ExportRequest, write_export
from engine.client.file_process import Written
from engine.client.parquet import write_parquet
from engine.errors import EngineError
from engine.exports.csv_tables import state_of
from engine.exports.formats import EXPORTS, PARQUET, Export
from engine.exports.sizes import about_sizes
from engine.store.records import RunRecord
from engine.store.store import Store
from penguin_tui.charts.figure_palette import figure_palette
from penguin_tui.report.contents import plain_report
from penguin_tui.report.markdown import markdown_report
from penguin_tui.report.written import write_file


@dataclass(frozen=True, slots=True)
class Offered:
    """An export that a run has, and about how many bytes it will take."""

    export: Export
    size: int


def offered(store: Store, record: RunRecord) -> list[Offered]:
    """What can be exported of a run; none of it is made yet."""
    sizes = about_sizes(store, record)
    return [Offered(one, sizes[one.option]) for one in EXPORTS if one.option in sizes]


def exported(
    store: Store, record: RunRecord, export: Export, target: Path, *, force: bool = False
) -> Iterator[Written]:
    """Write one export of a run: steps, the file, and what is to be known of it.

    May take a minute where a process of its own does it, and is for any thread. Raises EngineError
    where it cannot be made, `FilesExist` where something is there and `force` is not given.
    """
    if export.strict_ending and target.suffix != export.ending:
        raise EngineError(
            f"{export.option}: {str(target)!r} does not end in {export.ending}.",
            "It can be loaded under no other ending.",
        )
    if export.table is not None and target.suffix == PARQUET:
        table = export.table(store, record)
        yield write_file(target, lambda file: write_parquet(file, *table), force)
        return
    if export.body is not None:
        yield write_file(target, export.body(store, record), force)
        return
    card = ""
    if export.option == "bundle":
        card = markdown_report(plain_report(record, state_of(store, record)), "").decode()
    yield from write_export(
        ExportRequest(
            home=store.home, run=record.id, option=export.option, target=target.absolute(),
            card=card, palette=figure_palette(), force=force,
        )
    )  # fmt: skip

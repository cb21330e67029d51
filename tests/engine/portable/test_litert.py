"""A network for LiteRT is compared before it is written."""

from pathlib import Path

from tests.support.engine.exports import export


def test_the_network_for_litert_is_compared_before_it_is_written(
    home: Path, tmp_path: Path
) -> None:
    said = export(home, "litert", tmp_path / "run.tflite")
    assert any("LiteRT predicts 344 rows alike" in one.note for one in said)
    assert (tmp_path / "run.tflite").read_bytes()[4:8] == b"TFL3"

"""A broken or hostile bundle leaves nothing behind."""

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import h5py
import pytest

from engine.errors import EngineError
from engine.store.store import Store
from tests.support.engine.exports import bring, zipped


def linked(body: bytes) -> bytes:
    """A network whose weights are said to lie in another file."""
    with zipfile.ZipFile(io.BytesIO(body)) as before:
        members = {name: before.read(name) for name in before.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        del file["layers/dense"]
        file["layers/dense"] = h5py.ExternalLink("/etc/hostname", "/")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as after:
        for name, one in (members | {"model.weights.h5": weights.getvalue()}).items():
            after.writestr(name, one)
    return made.getvalue()


def moved(body: bytes, name: str, value: object) -> bytes:
    """A run's row with another value."""
    return json.dumps(json.loads(body) | {name: value}).encode()


HOSTILE = {
    "absolute": ({"/etc/evil": b""}, "would lie outside"),
    "upward": ({"taken/../../evil": b""}, "would lie outside"),
    "no model": ({"taken/model.keras": None}, "it has no model.keras"),
    "broken model": ({"taken/model.keras": b"PK"}, "network cannot be read"),
    "model that leads on": ({"taken/model.keras": linked}, "network cannot be read"),
    "too large": ({"taken/zeros": bytes(2**20)}, "more than"),
    "no JSON": ({"taken/bundle.json": b"{"}, "bundle.json cannot be read"),
    "another format": ({"taken/bundle.json": b'{"format": 9}'}, "its format is 9"),
    "other events": ({"taken/run/events.jsonl": b'{"type": "spam"}\n'}, "cannot be read"),
    "no run": ({"taken/run/run.json": None}, "it has no run/run.json"),
    "another spec": ({"taken/run/run.json": b'{"spec": {"kind": "rm"}}'}, "rm"),
    "deep JSON": ({"taken/bundle.json": b"[" * 100_000}, "bundle.json cannot be read"),
    "a swelling split": (
        {"taken/run/split.bin": zlib.compress(bytes(2**21))},
        "split.bin has more than",
    ),
    "a split of no set": ({"taken/run/split.bin": zlib.compress(b"\x09")}, "cannot be read"),
    "no moment": ({"taken/run/run.json": lambda body: moved(body, "created", 1e300)}, "be read"),
    "no hash": (
        {"taken/run/run.json": lambda body: moved(body, "data_sha256", "../../x")},
        "cannot be read",
    ),
    "less of a row": (
        {"taken/run/run.json": lambda body: body.replace(b"test_data_sha256", b"other")},
        "cannot be read",
    ),
    "other rows": ({"taken/run/test_rows.json": b'{"columns": ["a"]}'}, "cannot be read"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_broken_or_hostile_bundle_leaves_nothing_behind(
    how: str, bundle: Path, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, said = HOSTILE[how]
    files: dict[str, Any] = {
        f"taken/{p.relative_to(bundle).as_posix()}": p.read_bytes()
        for p in bundle.rglob("*")
        if p.is_file()
    }
    for name, change in changes.items():
        files[name] = change(files[name]) if callable(change) else change
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            if body is not None:
                archive.writestr(name, body)
    monkeypatch.setattr("engine.portable.received.LIMIT_BYTES", 2**20)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(EngineError, match=said):
        bring(other, path)
    with Store.open(other) as store:
        assert store.runs() == []
    assert [p for p in tmp_path.rglob("*") if "sqlite3-" not in p.name] == [
        p for p in before if "sqlite3-" not in p.name
    ] or sorted(tmp_path.rglob("*")) == before


def test_a_zip_file_with_a_damaged_member_is_refused(
    bundle: Path, other: Path, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.zip"
    zipped(path, {p.name: p.read_bytes() for p in bundle.iterdir() if p.is_file()})
    body = bytearray(path.read_bytes())
    at = body.index(b"taken/preprocessing.json") + len("taken/preprocessing.json")
    body[at : at + 8] = b"\xff" * 8
    path.write_bytes(body)
    with pytest.raises(EngineError, match="sound zip file"):
        bring(other, path)


def test_links_are_refused(bundle: Path, other: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in bundle.iterdir():
        (copy / path.name).symlink_to(path)
    with pytest.raises(EngineError, match="is a link"):
        bring(other, copy)
    packed = tmp_path / "links.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("taken/bundle.json")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(EngineError, match="is a link"):
        bring(other, packed)

"""A bundle as it comes from elsewhere: nothing of it is trusted, run or unpickled.

Only the files that a bundle has are read, into memory; nothing is unpacked.
"""

import io
import json
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

import h5py

from engine.data.preprocessing.preprocessor import Preprocessor
from engine.errors import EngineError
from engine.portable.bundled_run import ARTEFACTS, EVENTS, RUN, TEST_ROWS
from engine.prediction.fitted_run import FittedModel
from engine.prediction.network import Network
from engine.results.decision_rule import DecisionRule

# of all files together, unpacked
LIMIT_BYTES = 512 * 2**20
MEMBERS = 1_000
_PIECE_BYTES = 2**20
ABOUT, MODEL, PREPROCESSING = "bundle.json", "model.keras", "preprocessing.json"
READ: Final = (ABOUT, MODEL, PREPROCESSING, RUN, EVENTS, TEST_ROWS, *ARTEFACTS)
FORMAT: Final = 1
# what zipfile raises of an archive that is broken, or packed in a way of its own
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, ValueError, EOFError, KeyError,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Bundle:
    """A bundle whose files can be read: its model, and the others as they are."""

    path: Path
    files: Mapping[str, bytes]
    model: FittedModel

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a folder or a zip file; raises EngineError for no bundle, or a hostile one."""
        try:
            files = _of_folder(path) if path.is_dir() else _of_archive(path)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise EngineError(f"{path} cannot be read: {why}.", "Check the path.") from error
        for name in (ABOUT, MODEL, PREPROCESSING):
            if name not in files:
                raise _no_bundle(path, f"it has no {name}")
        try:
            about = json.loads(files[ABOUT])
            if about.get("format") != FORMAT:
                raise _no_bundle(path, f"its format is {about.get('format')!r}, and not {FORMAT}")
            rule = DecisionRule.model_validate(
                {name: about["decision"][name] for name in DecisionRule.model_fields}
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _no_bundle(path, f"{ABOUT} cannot be read") from error
        refuse_hostile_model(path, files[MODEL])
        for name in ARTEFACTS:
            if name in files:
                _refuse_swelling(path, name, files[name])
        model = FittedModel(
            Preprocessor.from_json(files[PREPROCESSING]), Network.read(files[MODEL]), rule
        )
        _refuse_misfit(path, model)
        return cls(path, files, model)


def _no_bundle(path: Path, why: str) -> EngineError:
    return EngineError(f"{path} is no bundle of a run that can be used: {why}.",
                       "Make one by penguin-tui export RUN --bundle.")  # fmt: skip


def _of_folder(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = LIMIT_BYTES
    for name in READ:
        path = folder / name
        # a folder that is a link leads elsewhere as well
        for place in (path.parent, path):
            if place.is_symlink() and place != folder:
                raise _no_bundle(folder, f"{name} is a link")
        try:
            facts = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        if not stat.S_ISREG(facts.st_mode):
            raise _no_bundle(folder, f"{name} is no file")
        left -= facts.st_size
        if left < 0:
            raise _no_bundle(folder, f"it has more than {LIMIT_BYTES // 2**20} MiB")
        found[name] = path.read_bytes()
    return found


def _of_archive(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            for member in members:
                _refuse_member(path, member)
            if len(members) > MEMBERS or sum(m.file_size for m in members) > LIMIT_BYTES:
                limits = f"{MEMBERS:,} files or {LIMIT_BYTES // 2**20} MiB"
                raise _no_bundle(path, f"it has more than {limits}")
            tops = [PurePosixPath(m.filename).parent for m in members
                    if PurePosixPath(m.filename).name == ABOUT]  # fmt: skip
            if len(tops) != 1:
                raise _no_bundle(path, f"it has {len(tops)} files {ABOUT}")
            names = {str(tops[0] / name): name for name in READ}
            chosen = [m for m in members if m.filename in names]
            return {names[m.filename]: archive.read(m) for m in chosen}
    except _BROKEN as error:
        raise _no_bundle(path, "it is neither a folder nor a sound zip file") from error


def _refuse_member(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse a whole archive for a file that would lie elsewhere, or is none."""
    name = PurePosixPath(member.filename)
    if (
        name.is_absolute()
        or ".." in name.parts
        or "\\" in member.filename
        or ":" in member.filename
    ):
        raise _no_bundle(path, f"{member.filename[:80]!r} would lie outside of it")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _no_bundle(path, f"{member.filename[:80]!r} is a link")


def refuse_hostile_model(path: Path, body: bytes) -> None:
    """Raise EngineError for a `.keras` file that is too large, or that leads to other files."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(m.file_size for m in archive.infolist()) > LIMIT_BYTES:
                raise _no_bundle(path, f"its network has more than {LIMIT_BYTES // 2**20} MiB")
            weights = archive.read("model.weights.h5")
        with h5py.File(io.BytesIO(weights)) as file:
            left = LIMIT_BYTES
            for name in _linked(file):
                found = file[name]
                if isinstance(found, h5py.Dataset):
                    left -= found.size * found.dtype.itemsize
                    if found.external or found.is_virtual or left < 0:
                        raise _no_bundle(path, "its network leads to other files, or is too large")
    except (OSError, *_BROKEN) as error:
        raise _no_bundle(path, "its network cannot be read") from error


def _refuse_swelling(path: Path, name: str, body: bytes) -> None:
    """Raise EngineError for a compressed file that becomes too large, a piece at a time."""
    stream, left = zlib.decompressobj(), LIMIT_BYTES
    try:
        while body and not stream.eof:
            left -= len(stream.decompress(body, _PIECE_BYTES))
            if left < 0:
                raise _no_bundle(path, f"{name} has more than {LIMIT_BYTES // 2**20} MiB")
            body = stream.unconsumed_tail
    except zlib.error as error:
        raise _no_bundle(path, f"{name} cannot be read") from error


def _linked(group: Any, before: str = "") -> list[str]:
    """The names of all that is in a file of HDF5; raises ValueError for a link that leads on."""
    names: list[str] = []
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"{before}{name} is a link")
        names.append(f"{before}{name}")
        if len(names) > MEMBERS * 10:
            raise ValueError("too many names")
        if isinstance(group[name], h5py.Group):
            names += _linked(group[name], f"{before}{name}/")
    return names


def _refuse_misfit(path: Path, model: FittedModel) -> None:
    """Raise EngineError where the network is not for these features and classes."""
    layers = model.network.layers
    if not layers:
        raise _no_bundle(path, "its network has no layer")
    widths = [len(model.preprocessor.feature_names), *(layer.bias.size for layer in layers)]
    shapes = [layer.kernel.shape for layer in layers]
    wanted = list(pairwise(widths))
    if shapes != wanted or widths[-1] != len(model.classes):
        raise _no_bundle(path, "its network does not fit its preprocessing")

"""Have a bundle brought into a home folder by a process of its own: it may be anybody's."""

from pathlib import Path

from engine.client.file_process import FilesRequest, Written, written_files


class ImportRequest(FilesRequest):
    """A bundle, a folder or a zip file, and the home folder that it is brought into."""

    bundle: Path


def import_bundle(home: Path, bundle: Path) -> Written:
    """Bring the bundle in; what is said has its number, and a note on where it comes from.

    Raises EngineError, with nothing left behind, for one that is broken or hostile.
    """
    request = ImportRequest(home=home, bundle=bundle)
    return list(written_files("engine.portable.receive", request, "runs"))[-1]

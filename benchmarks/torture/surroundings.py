"""Surroundings in which nothing of the person's may be heeded, touched or run.

A person's folders hold modules that go under the names of Python's and of libraries, settings
files of libraries, and programs that go under the names of the system's. Whatever of that is run
leaves a mark.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_MODULES: Final = (
    "random", "json", "sqlite3", "typing", "dataclasses", "pathlib", "click", "pydantic", "numpy",
    "pandas", "keras", "tensorflow", "sklearn", "engine", "usercustomize",
)  # fmt: skip
_PROGRAMS: Final = (
    "uname", "fc-list", "fc-match", "lscpu", "nproc", "ldconfig", "gcc", "cc", "git", "sh", "bash",
    "env", "python", "python3", "file", "sysctl", "nvidia-smi", "which", "tput", "stty",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A person's folders, full of what must not be heeded; `place` holds them all."""

    place: Path

    @property
    def home(self) -> Path:
        """`~`, with settings files of libraries."""
        return self.place / "person"

    @property
    def modules(self) -> Path:
        """Python modules that go under others' names."""
        return self.place / "modules"

    @property
    def programs(self) -> Path:
        """Programs that go under others' names."""
        return self.place / "programs"

    @property
    def temporary(self) -> Path:
        """The temporary folder, with work of the person's own in it."""
        return self.place / "temporary"

    @property
    def locales(self) -> Path:
        """Compiled locales, where the system can compile them."""
        return self.place / "locales"

    @property
    def mark(self) -> Path:
        """What was run and should not have been, a line each."""
        return self.place / "mark"


@dataclass(frozen=True)
class Surroundings:
    """Variables (with `{person}` and the like for folders) and how the program is started."""

    variables: Mapping[str, str] = field(default_factory=dict)
    umask: int = 0o022
    # the current folder is the one with the modules
    among_modules: bool = False


LIBRARIES: Final = Surroundings(
    {
        "KERAS_HOME": "{person}/.keras", "KERAS_BACKEND": "jax", "KERAS_MAX_EPOCHS": "1",
        "KERAS_MAX_STEPS_PER_EPOCH": "1", "TF_ENABLE_ONEDNN_OPTS": "1",
        "TF_DETERMINISTIC_OPS": "0", "TF_NUM_INTRAOP_THREADS": "1",
        "XLA_FLAGS": "--xla_cpu_enable_fast_math=true", "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F", "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "OMP_DYNAMIC": "true", "SKLEARN_WORKING_MEMORY": "1",
        "MPLCONFIGDIR": "{person}/.config/matplotlib", "MPLBACKEND": "module://nothing",
    },
    among_modules=True,
)  # fmt: skip
LANGUAGE: Final = Surroundings(
    {
        "LOCPATH": "{locales}", "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr", "TZ": "Asia/Kathmandu",
        "PYTHONOPTIMIZE": "2", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    },
    umask=0o777,
)  # fmt: skip
PYTHON: Final = Surroundings(
    {
        "PYTHONPATH": "{modules}", "PYTHONSTARTUP": "{modules}/startup.py", "PYTHONINSPECT": "1",
        "PYTHONUSERBASE": "{person}/.local", "PYTHONWARNINGS": "error", "PYTHONHASHSEED": "7",
        "PYTHONDEVMODE": "1", "PYTHONBREAKPOINT": "startup.now", "PYTHONDONTWRITEBYTECODE": "1",
    }
)  # fmt: skip
# all of it at once, which is what the suite tries
WORST: Final = Surroundings(
    {**LIBRARIES.variables, **LANGUAGE.variables, **PYTHON.variables},
    umask=0o777, among_modules=True,
)  # fmt: skip


def _some(all_of: Surroundings, *prefixes: str) -> Surroundings:
    return Surroundings({n: v for n, v in all_of.variables.items() if n.startswith(prefixes)})


ENVIRONMENTS: Final[dict[str, Surroundings]] = {
    "nothing set": Surroundings(),
    "Keras": _some(LIBRARIES, "KERAS_"),
    "Keras, another float type": Surroundings({"KERAS_FLOATX": "float64"}),
    "TensorFlow": _some(LIBRARIES, "TF_"),
    "TensorFlow, Keras 2": Surroundings({"CUDA_VISIBLE_DEVICES": "0", "TF_USE_LEGACY_KERAS": "1"}),
    "XLA": _some(LIBRARIES, "XLA_"),
    "NumPy": _some(LIBRARIES, "NPY_"),
    "OpenMP, one thread": _some(LIBRARIES, "OMP_", "OPENBLAS_"),
    "OpenMP, many threads": Surroundings({"OMP_NUM_THREADS": "16", "OPENBLAS_NUM_THREADS": "16"}),
    "MKL": Surroundings({"MKL_CBWR": "COMPATIBLE", "MKL_NUM_THREADS": "1", "KMP_AFFINITY": "x"}),
    "scikit-learn, joblib": Surroundings(
        {"SKLEARN_ASSUME_FINITE": "1", "SKLEARN_WORKING_MEMORY": "1", "SCIPY_ARRAY_API": "1",
         "JOBLIB_MULTIPROCESSING": "0", "LOKY_MAX_CPU_COUNT": "1",
         "JOBLIB_TEMP_FOLDER": "{temporary}"}
    ),
    "matplotlib": _some(LIBRARIES, "MPL"),
    # the very first interpreter, which is Python's own affair, would compile `sitecustomize`
    "Python's path": _some(PYTHON, "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"),
    "Python without docstrings": _some(LANGUAGE, "PYTHONOPTIMIZE"),
    "Python's order of sets": _some(PYTHON, "PYTHONHASHSEED"),
    "Python, interactive": _some(PYTHON, "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT"),
    "Python, warnings are errors": _some(PYTHON, "PYTHONWARNINGS", "PYTHONDEVMODE"),
    "Python, the user's modules": _some(PYTHON, "PYTHONUSERBASE"),
    "modules in the current folder": Surroundings(among_modules=True),
    "Turkish": _some(LANGUAGE, "LOC", "LC_", "LANGUAGE"),
    "German": Surroundings({"LOCPATH": "{locales}", "LC_ALL": "de_DE.UTF-8"}),
    # what is printed stays UTF-8, for the figures in it to be compared
    "ASCII": Surroundings(
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "utf-8"}
    ),
    "another time zone": _some(LANGUAGE, "TZ"),
    "no umask": Surroundings(umask=0),
    "a umask that forbids all": Surroundings(umask=0o777),
    "folders elsewhere": Surroundings(
        dict.fromkeys(
            ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "SQLITE_TMPDIR"), "{temporary}"
        )
    ),
    "libraries": LIBRARIES, "language": LANGUAGE, "Python": PYTHON, "all of it": WORST,
}  # fmt: skip


def settle(place: Path) -> Person:
    """Make the person's folders."""
    person = Person(place)
    for folder in (person.home, person.modules, person.programs, person.temporary, person.locales):
        folder.mkdir(parents=True)
    _write(person.home / ".keras" / "keras.json", json.dumps(
        {"floatx": "float64", "epsilon": 0.1, "image_data_format": "channels_first",
         "backend": "tensorflow"}))  # fmt: skip
    _write(person.home / ".config" / "matplotlib" / "matplotlibrc", "font.size: 40\n")
    _write(person.home / ".numpy-site.cfg", "[openblas]\nlibraries = none\n")
    thesis = person.temporary / f"penguin-tui-{_nobody()}-thesis" / "chapter.txt"
    _write(thesis, "years of work\n")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    user = person.home / ".local" / "lib" / version / "site-packages"
    for name in _MODULES:
        code = f"open({str(person.mark)!r}, 'a').write('module:{name}\\n')\nraise SystemExit(9)\n"
        _write(person.modules / f"{name}.py", code)
        _write(user / f"{name}.py", code)
    # the very first interpreter has to run it; the engine has not
    _write(person.modules / "sitecustomize.py", "import sys\nif 'engine.worker' in sys.orig_argv:\n"
           f"    open({str(person.mark)!r}, 'a').write('module:sitecustomize\\n')\n")  # fmt: skip
    _write(person.modules / "startup.py", f"open({str(person.mark)!r}, 'a').write('startup\\n')\n")
    _write(person.modules / "matplotlibrc", "font.size: 40\n")
    for name in _PROGRAMS:
        program = person.programs / name
        program.write_text(f"#!/bin/sh\necho program:{name} >>'{person.mark}'\nexit 1\n")
        program.chmod(0o755)
    return person


def compile_locale(person: Person, around: Surroundings) -> None:
    """Make the locale that the surroundings name, where it is one of the person's own.

    For seconds of processor time, so only where it is used.
    """
    compiler = shutil.which("localedef")
    if compiler and "LOCPATH" in around.variables:
        name, charmap = around.variables["LC_ALL"].split(".")
        subprocess.run(
            [compiler, "-i", name, "-f", charmap, str(person.locales / f"{name}.{charmap}")],
            capture_output=True, check=False,
        )  # fmt: skip


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _nobody() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        return gone.pid

#!/bin/sh
# Usage: tools/setup.sh run|dev
# Makes .venv ready: the packages of requirements/run.txt or dev.txt, and this project. A .venv that
# is broken, comes from another folder or was made from other lock files is replaced, one that this
# script has not made is put aside; nothing is installed when nothing has changed. PYTHON names the
# interpreter to use.
set -eu

want=$1
cd -P "$(dirname "$0")/.."
python=.venv/bin/python

say() { printf '%s\n' "$*" >&2; }

# What a .venv was made from. Its folder and Python version are asked from its own interpreter, so
# that a moved folder and a system Python upgraded underneath both show.
origin() {
    cksum requirements/run.txt requirements/dev.txt &&
        "$python" -c 'import sys; print(sys.prefix, sys.version_info[:2])' 2>/dev/null
}

recorded() { cat ".venv/$1" 2>/dev/null || true; }

sound() {
    [ -x "$python" ] && [ "$(origin)" = "$(recorded made-from)" ] &&
        { [ -z "${PYTHON:-}" ] || [ "$PYTHON" = "$(recorded made-with)" ]; }
}

# Prints ok, unfit (another version), bare (without the venv module's parts, as Debian ships it
# until python3-venv is installed) or none.
judge() {
    "$1" -c '
import importlib.util, sys
fits = (3, 11) <= sys.version_info < (3, 14)
complete = all(map(importlib.util.find_spec, ("venv", "ensurepip")))
print("unfit" if not fits else "ok" if complete else "bare")' 2>/dev/null || echo none
}

choose() {
    bare='' unfit=''
    for candidate in "${PYTHON:-python3.13}" python3.12 python3.11 python3 python; do
        case $(judge "$candidate") in
        ok) echo "$candidate" && return ;;
        bare) bare=${bare:-$candidate} ;;
        unfit) unfit=${unfit:-$candidate} ;;
        esac
        [ -z "${PYTHON:-}" ] || break
    done
    if [ -n "$bare" ]; then
        version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "$bare (Python $version) cannot make a virtual environment: its venv module is missing."
        say "On Debian and Ubuntu: sudo apt install python$version-venv. Then the same command again."
    else
        say "penguin-tui needs Python 3.11, 3.12 or 3.13, and none was found${PYTHON:+ at PYTHON=$PYTHON}."
        [ -z "$unfit" ] || say "($unfit is $("$unfit" --version 2>&1).)"
        say "Install one of them, or name it: make run PYTHON=/path/to/python3.12"
    fi
    return 1
}

install() {
    "$python" -m pip install --disable-pip-version-check --no-input $quiet "$@" >&2 || {
        say "The packages could not be installed; the reason is above. The same command tries again."
        exit 1
    }
}

quiet=''
[ -t 2 ] || quiet=--quiet

if ! sound; then
    chosen=$(choose)
    if [ -e .venv/made-from ]; then
        say "The .venv here does not fit or does not work: making a new one."
        rm -rf .venv
    elif [ -e .venv ] || [ -L .venv ]; then
        say "The .venv here was not made by make: it is kept as .venv.$$."
        mv .venv ".venv.$$"
    fi
    say "Making a virtual environment in .venv with $("$chosen" --version)."
    # marked as ours before anything else is in it
    mkdir .venv
    : >.venv/made-from
    "$chosen" -m venv .venv >&2
    origin >.venv/made-from
    printf '%s\n' "${PYTHON:-}" >.venv/made-with
fi

if [ ! -e ".venv/installed-$want" ]; then
    say "Installing the pinned packages of requirements/$want.txt: about 450 MB to download, once."
    install --require-hashes -r "requirements/$want.txt"
    # Everything in run.txt is in dev.txt too.
    touch .venv/installed-run ".venv/installed-$want"
fi

if [ "$(cksum pyproject.toml)" != "$(recorded project)" ] || [ ! -x .venv/bin/penguin-tui ]; then
    install --no-deps --no-index --no-build-isolation --editable .
    cksum pyproject.toml >.venv/project
fi

"""What the engine takes of the machine's memory, and what it returns."""

from pathlib import Path

from engine.environment.memory import return_freed


def _resident() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def test_memory_that_was_freed_between_what_is_kept_goes_back_to_the_machine() -> None:
    # below what the allocator maps by itself; those kept lie between those freed
    blocks = [bytes(60_000) + bytes([number % 256]) for number in range(2_000)]
    kept = blocks[::10]
    del blocks
    before = _resident()
    return_freed()
    assert before - _resident() > 50 * 2**20
    assert len(kept) == 200

"""What machine this is, and how much of it may be used."""

import os
import platform
from pathlib import Path

from engine.environment.variables import THREADS

# on x86 and on ARM
_FEATURES = ("flags", "Features")


def boot_id() -> str:
    """A text that changes with every boot; empty where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def since_this_boot(host: str, boot: str) -> bool:
    """Whether a process of that `platform.node()` and `boot_id()` may run on this machine now.

    A machine that is called otherwise by now is still the same.
    """
    mine = boot_id()
    return boot == mine if boot and mine else host == platform.node()


def cpu_model() -> str:
    """The processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    # `platform.processor` would run the first `uname` on the person's PATH
    return platform.machine()


def processor_features() -> str:
    """What instructions the processor has, as the kernel lists them; empty where it does not."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    named = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in named if name.strip() in _FEATURES), "")


def usable_threads() -> int:
    """Threads worth starting: affinity and cgroup quota, or `PENGUIN_TUI_THREADS`."""
    if given := THREADS.value():
        return given
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:
        allowed = os.cpu_count() or 1
    quota = _cgroup_quota()
    return max(1, min(allowed, int(quota + 0.5)) if quota else allowed)


def _cgroup_quota() -> float | None:
    """Processors that the cgroup (version 2 or 1) grants, or None where it does not say."""
    try:
        limit, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        pass  # no cgroup v2 here: ask version 1
    try:
        limit = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").read_text()
        period = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us").read_text()
        return None if int(limit) <= 0 else int(limit) / int(period)
    except (OSError, ValueError):
        return None

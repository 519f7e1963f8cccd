"""Many sandboxes: twenty at once, one after another for a while, and what idle ones hold."""

import concurrent.futures
import itertools
import os
import statistics
import subprocess
import time
from dataclasses import astuple, dataclass
from pathlib import Path

from common import HOME, Measurement, alone, status

AT_ONCE = 20
IN_A_ROW = 500
# How often the server is looked at meanwhile.
LOOKS = 5
# So many before the first look: caches are full then, and what the server keeps of sandboxes that
# have ended is at its bound.
WARM_UP = 120
CROWDS = (1, 8, 32)


def run(app):
    return at_once(app) + in_a_row(app) + idle(app)


def ready(app):
    """A sandbox whose first process has ended."""
    import modal

    made = modal.Sandbox.create(app=app, timeout=3600)
    assert made.exec("true").wait() == 0
    return made


def end(sandboxes):
    with concurrent.futures.ThreadPoolExecutor(len(sandboxes)) as pool:
        list(pool.map(lambda one: one.terminate(wait=True), sandboxes))


def at_once(app):
    started = time.perf_counter()
    times = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        def one(_):
            made = ready(app)
            times.append(time.perf_counter() - started)
            return made

        sandboxes = list(pool.map(one, range(AT_ONCE)))
    end(sandboxes)
    return [
        Measurement("20 at once, each ready", "s", times),
        Measurement("20 at once, all ready", "s", [max(times)], target=15),
    ]


def in_a_row(app):
    for _ in range(WARM_UP):
        ready(app).terminate(wait=True)
    looks, seconds = [Footprint.now()], 0.0
    for _ in range(LOOKS):
        started = time.perf_counter()
        for _ in range(IN_A_ROW // LOOKS):
            ready(app).terminate(wait=True)
        seconds += time.perf_counter() - started
        looks.append(Footprint.now())
    rate = IN_A_ROW / seconds
    growth = [trend(values) for values in zip(*map(astuple, looks))]
    names = [("processes", ""), ("descriptors of the server", ""), ("RSS of the server", " MiB"),
             ("disk", " MiB")]
    return [Measurement("create, exec, terminate", "1/s", [rate], target=2)] + [
        Measurement(f"growth over {IN_A_ROW}: {name}", unit.strip(), [value])
        for (name, unit), value in zip(names, growth)
    ]


def trend(values):
    """The growth from the first to the last of equally distant values: the median of the slopes of
    all pairs (Theil and Sen), which the coming and going of an allocator's pages hardly moves."""
    slopes = [(later - earlier) / (j - i)
              for (i, earlier), (j, later) in itertools.combinations(enumerate(values), 2)]
    return statistics.median(slopes) * (len(values) - 1)


@dataclass
class Footprint:
    """What the server has on the host when nothing runs but its spare machines."""

    processes: int
    descriptors: int
    rss_mib: float
    disk_mib: float

    @classmethod
    def now(cls):
        time.sleep(10)  # spare machines are replaced, and what has ended is gone
        server = int(status()["process"].split(",")[0])
        rss = next(line for line in Path(f"/proc/{server}/status").read_text().splitlines()
                   if line.startswith("VmRSS:"))
        disk = subprocess.run(
            ["du", "--summarize", "--block-size=1K", HOME], check=True, capture_output=True, text=True)
        return cls(
            processes=descendants(server), descriptors=len(os.listdir(f"/proc/{server}/fd")),
            rss_mib=int(rss.split()[1]) / 1024, disk_mib=int(disk.stdout.split()[0]) / 1024)


def descendants(ancestor):
    """How many processes there are below one."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    below = children.get(ancestor, [])
    return len(below) + sum(descendants(child) for child in below)


def idle(app):
    """The memory that each of so many idle sandboxes holds: the sum of their PSS, divided."""
    measured, sandboxes = [], []
    try:
        for crowd in CROWDS:
            while len(sandboxes) < crowd:
                sandboxes.append(ready(app))
            time.sleep(5)
            share = sum(proportional(pid) for pid in machines(sandboxes)) / crowd
            target = 60 if crowd == max(CROWDS) else None
            measured.append(Measurement(f"PSS of each of {crowd} idle", "MiB", [share], target))
    finally:
        if sandboxes:
            end(sandboxes)
    return measured


def machines(sandboxes):
    """The process ids of the sandboxes' QEMUs."""
    ids = {one.object_id for one in sandboxes}
    found = []
    for directory in (HOME / "machines").iterdir():
        owner = directory / "owner"
        name = owner.read_text() if owner.is_file() else directory.name
        if name in ids:
            found.append(int((directory / "qemu.pid").read_text().split()[0]))
    assert len(found) == len(ids)
    return found


def proportional(pid):
    """The proportional set size of a process, in MiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no PSS of process {pid}")


if __name__ == "__main__":
    alone(run)

"""What all benchmarks share: measurements, the table, facts about the host."""

import contextlib
import datetime
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SANDLOT = ROOT / ".build/release/sandlot"
HOME = Path(os.environ.get("SANDLOT_TEST_HOME", "/var/tmp/sandlot-test/home"))
RESULTS = Path(__file__).parent / "results"
MEGABYTE = 1_000_000


@dataclass
class Measurement:
    """The values of one thing measured several times, in the order they came."""

    name: str
    unit: str
    values: list[float]
    # The bound that the median must keep: a limit for times, a floor for rates.
    target: float | None = None

    @property
    def is_rate(self):
        return self.unit.endswith("/s")

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def p90(self):
        """The value that nine of ten keep: the worse end, so for rates the lower one."""
        ordered = sorted(self.values, reverse=self.is_rate)
        return ordered[math.ceil(0.9 * len(ordered)) - 1]

    @property
    def verdict(self):
        if self.target is None:
            return ""
        kept = self.median >= self.target if self.is_rate else self.median <= self.target
        return "met" if kept else "MISSED"

    def summary(self):
        return {
            "name": self.name, "unit": self.unit, "count": len(self.values),
            "median": round(self.median, 4), "p90": round(self.p90, 4), "target": self.target,
            "verdict": self.verdict, "values": [round(value, 4) for value in self.values],
        }


def seconds(action):
    """How long a call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def milliseconds(action):
    return seconds(action) * 1000


def rate(size, action):
    """Megabytes (10^6 bytes) per second for an action that moves `size` bytes."""
    return size / MEGABYTE / seconds(action)


def application():
    """The app that all benchmarks use."""
    import modal

    return modal.App.lookup("benchmarks", create_if_missing=True)


@contextlib.contextmanager
def sandbox(app, **options):
    """A sandbox that has run a process already."""
    import modal

    made = modal.Sandbox.create(app=app, timeout=3600, **options)
    try:
        made.exec("true").wait()
        yield made
    finally:
        made.terminate()


def sandlot(*arguments):
    """What the command prints."""
    command = [SANDLOT, *arguments, "--data-directory", HOME]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextlib.contextmanager
def server(*options):
    """A server of its own on the data directory; yields the variables that the SDK needs."""
    sandlot("up", "--detach", "--port", "0", *options)
    try:
        lines = sandlot("env").splitlines()
        variables = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        yield {**variables, "MODAL_CONFIG_PATH": "/nonexistent/modal.toml"}
    finally:
        sandlot("down")


def status():
    """What `sandlot status` says, by its first words."""
    return dict(line.split(maxsplit=1) for line in sandlot("status").splitlines())


def host_facts():
    """What the numbers depend on; to be asked before the measuring makes load of its own."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True)
    revision = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20,
        "kernel": platform.release(),
        "qemu": qemu.stdout.splitlines()[0] if qemu.stdout else "unknown",
        "python": platform.python_version(),
        "revision": revision.stdout.strip() or "unknown",
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def table(measurements):
    """Medians and targets, one line each."""
    lines = [f"{'':34}{'median':>10}{'p90':>10}  {'unit':6}{'n':>4}  target"]
    for one in measurements:
        bound = "" if one.target is None else f"{'>=' if one.is_rate else '<='} {one.target:g}"
        lines.append(
            f"{one.name:34}{one.median:10.2f}{one.p90:10.2f}  {one.unit:6}{len(one.values):4}"
            f"  {bound:8}{one.verdict}")
    return "\n".join(line.rstrip() for line in lines)


def keep(name, facts, measurements, **more):
    """Writes a file under results/, named by the day."""
    today = datetime.date.today().isoformat()
    file = RESULTS / f"{today}-{name}.json"
    result = {
        "date": today, "engine": name.split("-")[0], "host": facts,
        "measurements": [one.summary() for one in measurements], **more,
    }
    RESULTS.mkdir(exist_ok=True)
    file.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {file}")


def alone(run):
    """The main program of one benchmark: measures and prints its part of the table."""
    if "MODAL_SERVER_URL" not in os.environ:
        sys.exit('Set the variables of a server first: eval "$(sandlot env)"')
    print(table(run(application())))

"""Filesystem snapshots through the SDK: what they cost by what was written, and what they leave on disk."""

import json
import statistics
import time

from bench_start import start
from common import Measurement, alone, sandbox, sandlot, seconds

# What is written before a snapshot, in MiB.
SIZES = [1, 100, 2048]
ROUNDS = 5
STARTS = 11
CHANGE = 10

# Writes all the time, and prints the longest time from one write to the next, in seconds.
PAUSES = """
import os, time
file, worst, last = os.open("/var/tmp/pulse", os.O_WRONLY | os.O_CREAT), 0.0, time.monotonic()
end = last + 2
while last < end:
    os.pwrite(file, b"x", 0)
    now = time.monotonic()
    worst, last = max(worst, now - last), now
print(worst)
"""


def run(app):
    import modal

    with sandbox(app) as made:
        costs = by_size(made)
        pauses = [pause(made) for _ in range(ROUNDS)]
        left = [occupied(made) for _ in range(ROUNDS)]
        snapshot = made.snapshot_filesystem()
    base = modal.Image.debian_slim(python_version="3.11")
    return [*costs, Measurement("pause inside", "ms", pauses),
            Measurement(f"disk of {CHANGE} MiB changed", "MiB", left, target=12),
            *starts(app, {"base": base, "snapshot": snapshot})]


def by_size(made):
    """The flush of what was written, and the snapshot after it, for each size in turn."""
    flushes, snapshots = {size: [] for size in SIZES}, {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size in SIZES:
            write = f"head -c {size}M /dev/zero | tr '\\0' x > /var/tmp/written"
            assert made.exec("sh", "-c", write).wait() == 0
            flushes[size].append(seconds(lambda: made.exec("sync").wait()))
            snapshots[size].append(1000 * seconds(made.snapshot_filesystem))
    return [
        measurement for size in SIZES for measurement in (
            Measurement(f"flush of {size} MiB", "s", flushes[size]),
            Measurement(f"snapshot after {size} MiB", "ms", snapshots[size], target=400))
    ]


def pause(made):
    """How long a process inside that writes all the time stands still at most, in milliseconds."""
    process = made.exec("python3", "-c", PAUSES)
    time.sleep(1)
    made.snapshot_filesystem()
    return 1000 * float(process.stdout.read())


def occupied(made):
    """What a snapshot has for itself on disk, in MiB."""
    made.exec("sh", "-c", f"head -c {CHANGE}M /dev/urandom > /var/tmp/changed; sync").wait()
    image = made.snapshot_filesystem()
    return json.loads(sandlot("image", "inspect", image.object_id))["summary"]["own_bytes"] / 2**20


def starts(app, images):
    """Creations until the first process has ended, of both images in turn."""
    values = {name: [] for name in images}
    for number in range(STARTS + 2):
        # Whoever comes second finds warmer caches, or a busier host: both come second in turn.
        for name in sorted(images, reverse=bool(number % 2)):
            took = start(app, image=images[name])[1]
            if number >= 2:
                values[name].append(took)
    ratio = statistics.median(values["snapshot"]) / statistics.median(values["base"])
    return [
        *(Measurement(f"create to first exec, {name}", "s", values[name]) for name in images),
        Measurement("snapshot / base", "", [ratio], target=1.05),
    ]


if __name__ == "__main__":
    alone(run)

"""All benchmarks, one after another: one table, and one file under results/.

scripts/bench calls it with the data directory in SANDLOT_TEST_HOME. Each group of benchmarks has a
server of its own on that directory, and a process of its own, since the SDK keeps to one server.
"""

import json
import os
import shutil
import subprocess
import sys

import bench_contention
import bench_crowd
import bench_exec
import bench_filesystem
import bench_images
import bench_start
import bench_streams
from common import HOME, Measurement, application, host_facts, keep, server, status, table

# The server's options, and what is measured on it.
GROUPS = {
    "usual": (
        [], [bench_start.run, bench_exec.run, bench_streams.run, bench_filesystem.run,
             bench_contention.run]),
    "without-pool": (["--warm-pool", "0"], [bench_start.run_without_pool, bench_images.run]),
    # 32 idle machines of 1 GiB are more than a small host may promise otherwise.
    "crowd": (["--memory-overcommit", "3"], [bench_crowd.run]),
}

# Name, dividend, divisor: what does not depend on how fast the host is.
RATIOS = [
    ("cold boot / restore", "create to first exec, cold boot", "create to first exec, restore"),
    ("cold boot / warm pool", "create to first exec, cold boot", "create to first exec, warm pool"),
    ("filesystem write / stdin", "filesystem write 50 MB", "stdin"),
    ("filesystem read / stdout", "filesystem read 50 MB", "stdout"),
    ("filesystem stat / exec true", "filesystem stat", "exec true"),
    ("stdin / stdout", "stdin", "stdout"),
    ("stdout, 16 readers / 1", "stdout, 16 readers, in sum", "stdout"),
    ("exec true, 50 streams / none", "exec true under 50 idle streams", "exec true"),
]


def measure(group):
    """Runs a group in a process of its own, on a server of its own; returns engine and results."""
    options, _ = GROUPS[group]
    # Templates of sizes that were asked for in an earlier run would make restores of its boots.
    shutil.rmtree(HOME / "templates", ignore_errors=True)
    with server(*options) as variables:
        engine = status()["engine"]
        output = subprocess.run(
            [sys.executable, __file__, group], check=True, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **variables}).stdout
    return engine, [Measurement(**one) for one in json.loads(output)]


def report(group):
    """What the process of a group prints."""
    app = application()
    found = [one for run in GROUPS[group][1] for one in run(app)]
    print(json.dumps([vars(one) for one in found]))


def main():
    facts = host_facts()
    if facts["load_before"][0] > 0.5:
        print(f"warning: the host is not quiet, load {facts['load_before'][0]}", file=sys.stderr)
    measurements = []
    for group in GROUPS:
        print(f"== {group}", file=sys.stderr)
        engine, found = measure(group)
        print(table(found), file=sys.stderr)
        measurements += found

    medians = {one.name: one.median for one in measurements}
    ratios = {name: round(medians[above] / medians[below], 2) for name, above, below in RATIOS}
    print(table(measurements))
    print()
    for name, ratio in ratios.items():
        print(f"{name:34}{ratio:10.2f}")
    print(f"\nengine {engine}, {facts['cores']} cores, {facts['cpu']}, "
          f"load before {facts['load_before'][0]}")

    keep(engine, facts, measurements, ratios=ratios)


if __name__ == "__main__":
    report(sys.argv[1]) if len(sys.argv) > 1 else main()

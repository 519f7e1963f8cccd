"""All benchmarks, one after another: one table, and one file under results/.

scripts/bench calls it with the variables of a server set.
"""

import datetime
import json
import sys
from pathlib import Path

import bench_exec
import bench_filesystem
import bench_start
import bench_streams
from common import application, host_facts, status, table

RESULTS = Path(__file__).parent / "results"

# Name, dividend, divisor: what does not depend on how fast the host is.
RATIOS = [
    ("filesystem write / stdin", "filesystem write 50 MB", "stdin"),
    ("filesystem read / stdout", "filesystem read 50 MB", "stdout"),
    ("filesystem stat / exec true", "filesystem stat", "exec true"),
    ("stdin / stdout", "stdin", "stdout"),
]


def main():
    facts, server = host_facts(), status()
    if facts["load_before"][0] > 0.5:
        print(f"warning: the host is not quiet, load {facts['load_before'][0]}", file=sys.stderr)
    app = application()
    measurements = []
    for benchmark in (bench_start, bench_exec, bench_streams, bench_filesystem):
        print(f"== {benchmark.__doc__.strip()}", file=sys.stderr)
        measurements += benchmark.run(app)

    medians = {one.name: one.median for one in measurements}
    ratios = {name: round(medians[above] / medians[below], 2) for name, above, below in RATIOS}
    print(table(measurements))
    print()
    for name, ratio in ratios.items():
        print(f"{name:34}{ratio:10.2f}")
    print(f"\nengine {server['engine']}, {facts['cores']} cores, {facts['cpu']}, "
          f"load before {facts['load_before'][0]}")

    today = datetime.date.today().isoformat()
    file = RESULTS / f"{today}-{server['engine']}.json"
    result = {
        "date": today, "engine": server["engine"], "host": facts,
        "measurements": [one.summary() for one in measurements], "ratios": ratios,
    }
    RESULTS.mkdir(exist_ok=True)
    file.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {file}")


if __name__ == "__main__":
    main()

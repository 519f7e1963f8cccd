"""Two busy sandboxes that want all processors of the host, with requests of 3:1: what each gets."""

import time
from pathlib import Path

from bench_crowd import machines
from common import Measurement, alone, sandbox

WINDOWS = 8
WINDOW = 4
# As many loops as it has virtual CPUs.
BUSY = "for cpu in $(seq $(nproc)); do (while :; do :; done) & done; echo busy; wait"


def run(app):
    with sandbox(app, cpu=0.75) as strong, sandbox(app, cpu=0.25) as weak:
        pair = (strong, weak)
        for one in pair:
            assert next(iter(one.exec("sh", "-c", BUSY).stdout)).strip() == "busy"
        processes = [machines([one])[0] for one in pair]
        time.sleep(3)
        ratios = []
        for _ in range(WINDOWS):
            before = [ticks(pid) for pid in processes]
            time.sleep(WINDOW)
            used = [ticks(pid) - earlier for pid, earlier in zip(processes, before)]
            ratios.append(used[0] / used[1])
    return [Measurement("processor time at requests of 3:1", "", ratios)]


def ticks(pid):
    """User and system time of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    alone(run)

"""What a server, an agent and the disk hold while much goes through them: nothing of this may grow.

A gigabyte of output, and a thousand execs that are opened, fed, read and closed. Prints one line
for each hundred execs; fails where something grows. Uses a server of its own on SANDLOT_TEST_HOME.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests/SDK"))

from common import HOME, MEGABYTE, application, sandbox
from conftest import exported, sandlot
from footprint import Peak, agent, server_files, server_memory, spooled

GIGABYTE = 1000 * MEGABYTE
EXECS = 1000
# What the record of an ended exec may hold: it is kept for ten minutes.
RECORD = 32 * 1024


def stream(box):
    """A gigabyte through one exec; returns by how much server and agent grew on the way."""
    server, guest = server_memory(), agent(box)[0]
    started = time.monotonic()
    with Peak() as peak:
        process = box.exec("head", "-c", str(GIGABYTE), "/dev/zero", text=False)
        assert sum(len(chunk) for chunk in process.stdout) == GIGABYTE
        assert process.wait() == 0
    rate = GIGABYTE / MEGABYTE / (time.monotonic() - started)
    growth = (peak.value - server, agent(box)[0] - guest)
    print(f"1 GB of output: {rate:.0f} MB/s, server +{growth[0] / MEGABYTE:.1f} MB, "
          f"agent +{growth[1] / MEGABYTE:.1f} MB")
    return growth


def round_trip(box, number):
    process = box.exec("cat")
    process.stdin.write(f"round {number}\n")
    process.stdin.write_eof()
    process.stdin.drain()
    assert process.stdout.read() == f"round {number}\n"
    assert process.wait() == 0


def state(box):
    space, files = spooled(box.object_id)
    memory, descriptors = agent(box)
    return {"server memory": server_memory(), "server files": server_files(),
            "agent memory": memory, "agent files": descriptors,
            "spooled bytes": space, "spooled files": files}


def execs(box):
    """A thousand execs one after another; returns what was held before and after."""
    for number in range(50):
        round_trip(box, number)
    before = state(box)
    for number in range(EXECS):
        round_trip(box, number)
        if number % 100 == 99:
            print(f"{number + 1:5} execs: " + ", ".join(f"{k} {v}" for k, v in state(box).items()))
    return before, state(box)


def main():
    sandlot("up", "--detach", "--port", "0", home=HOME)
    os.environ.update(exported(HOME))
    try:
        with sandbox(application()) as box:
            server, guest = stream(box)
            assert server < 32 * MEGABYTE and guest < 2 * MEGABYTE
            before, after = execs(box)
        growth = {name: after[name] - before[name] for name in before}
        print("growth:", growth)
        assert growth["server files"] <= 0 and growth["agent files"] == 0
        assert growth["agent memory"] < MEGABYTE
        assert growth["server memory"] < EXECS * RECORD
        assert growth["spooled bytes"] <= 1.1 * EXECS * 4096
    finally:
        sandlot("down", home=HOME)


if __name__ == "__main__":
    main()

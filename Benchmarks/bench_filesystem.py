"""`Sandbox.filesystem`: one large file, and the small operations."""

import os

from common import MEGABYTE, Measurement, alone, milliseconds, rate, sandbox

SIZE = 50 * MEGABYTE
COUNT = 5
SMALL_COUNT = 20


def run(app):
    data = os.urandom(SIZE)
    with sandbox(app) as box:
        files = box.filesystem

        def write():
            files.write_bytes(data, "/tmp/large")

        def read():
            assert files.read_bytes("/tmp/large") == data

        small = {
            "filesystem write 100 B": lambda: files.write_text("x" * 100, "/tmp/small/file"),
            "filesystem read 100 B": lambda: files.read_text("/tmp/small/file"),
            "filesystem stat": lambda: files.stat("/tmp/small/file"),
            "filesystem list": lambda: files.list_files("/tmp/small"),
        }
        measured = [
            Measurement("filesystem write 50 MB", "MB/s", [rate(SIZE, write) for _ in range(COUNT)]),
            Measurement("filesystem read 50 MB", "MB/s", [rate(SIZE, read) for _ in range(COUNT)]),
        ]
        for name, action in small.items():
            action()
            times = [milliseconds(action) for _ in range(SMALL_COUNT)]
            measured.append(Measurement(name, "ms", times))
        return measured


if __name__ == "__main__":
    alone(run)

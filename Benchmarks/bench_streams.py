"""A hundred megabytes out of a process, out of many, and into one."""

import concurrent.futures

from common import MEGABYTE, Measurement, alone, rate, sandbox

SIZE = 100 * MEGABYTE
COUNT = 5
READERS = 16


def run(app):
    with sandbox(app) as box:
        def out():
            process = box.exec("head", "-c", str(SIZE), "/dev/zero", text=False)
            assert sum(len(chunk) for chunk in process.stdout) == SIZE
            assert process.wait() == 0

        def out_at_once():
            share = SIZE // READERS
            writers = [box.exec("head", "-c", str(share), "/dev/zero", text=False)
                       for _ in range(READERS)]
            with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
                counts = pool.map(lambda one: sum(map(len, one.stdout)), writers)
            assert sum(counts) == share * READERS

        block = bytes(MEGABYTE)

        def into():
            process = box.exec("wc", "-c")
            for _ in range(SIZE // len(block)):
                process.stdin.write(block)
                process.stdin.drain()
            process.stdin.write_eof()
            process.stdin.drain()
            assert process.wait() == 0
            assert int(process.stdout.read()) == SIZE

        return [
            Measurement("stdout", "MB/s", [rate(SIZE, out) for _ in range(COUNT)], target=20),
            Measurement(f"stdout, {READERS} readers, in sum", "MB/s",
                        [rate(SIZE, out_at_once) for _ in range(COUNT)]),
            Measurement("stdin", "MB/s", [rate(SIZE, into) for _ in range(COUNT)]),
        ]


if __name__ == "__main__":
    alone(run)

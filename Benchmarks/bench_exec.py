"""A process that does nothing, in a sandbox that runs already: start to known exit code."""

import concurrent.futures
import statistics

from common import Measurement, alone, milliseconds, sandbox, seconds

COUNT = 50
AT_ONCE = 200
STREAMS = 50
UNDER_STREAMS = 200


def run(app):
    with sandbox(app) as box:
        for _ in range(5):
            nothing(box)
        idle = [milliseconds(lambda: nothing(box)) for _ in range(COUNT)]
        crowd = [seconds(lambda: at_once(box)) for _ in range(3)]
        streamed = under_streams(box)
    return [
        Measurement("exec true", "ms", idle, target=30),
        Measurement(f"{AT_ONCE} exec true at once, the last", "s", crowd),
        Measurement(f"exec true under {STREAMS} idle streams", "ms", streamed),
        Measurement(f"exec true under {STREAMS}, p99", "ms",
                    [statistics.quantiles(streamed, n=100)[98]]),
    ]


def nothing(box):
    assert box.exec("true").wait() == 0


def at_once(box):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: nothing(box), range(AT_ONCE)))


def under_streams(box):
    """Milliseconds of one exec after another while many readers wait for output that does not come."""
    silent = [box.exec("sleep", "600") for _ in range(STREAMS)]
    with concurrent.futures.ThreadPoolExecutor(STREAMS) as pool:
        readers = [pool.submit(one.stdout.read) for one in silent]
        try:
            for _ in range(5):
                nothing(box)
            return [milliseconds(lambda: nothing(box)) for _ in range(UNDER_STREAMS)]
        finally:
            assert box.exec("pkill", "-xf", "sleep 600").wait() == 0
            for reader in readers:
                assert reader.result() == ""


if __name__ == "__main__":
    alone(run)

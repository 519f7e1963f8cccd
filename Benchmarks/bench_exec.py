"""A process that does nothing, in a sandbox that runs already: start to known exit code."""

from common import Measurement, alone, milliseconds, sandbox

COUNT = 50


def run(app):
    with sandbox(app) as box:
        def nothing():
            assert box.exec("true").wait() == 0

        for _ in range(5):
            nothing()
        times = [milliseconds(nothing) for _ in range(COUNT)]
    return [Measurement("exec true", "ms", times, target=30)]


if __name__ == "__main__":
    alone(run)

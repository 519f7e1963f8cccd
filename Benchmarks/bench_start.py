"""From `Sandbox.create` to the end of its first process."""

import time

from common import Measurement, alone, sandbox

COUNT = 7


def run(app):
    import modal

    with sandbox(app):
        pass  # the files that a machine starts from are in the page cache from here on
    created, answered, ended = [], [], []
    for _ in range(COUNT):
        started = time.perf_counter()
        made = modal.Sandbox.create(app=app, timeout=600)
        try:
            created.append(time.perf_counter() - started)
            made.exec("true").wait()
            answered.append(time.perf_counter() - started)
        finally:
            started = time.perf_counter()
            made.terminate(wait=True)
            ended.append(time.perf_counter() - started)
    return [
        Measurement("create returns", "s", created),
        Measurement("create to first exec, cold boot", "s", answered, target=12),
        Measurement("terminate", "s", ended),
    ]


if __name__ == "__main__":
    alone(run)

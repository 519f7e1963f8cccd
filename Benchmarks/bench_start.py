"""From `Sandbox.create` to the end of its first process, by the way that machines start."""

import time

from common import Measurement, alone, sandbox

COUNT = 11
COLD_COUNT = 5
# How long a spare machine takes to be ready, or a template to be made, with ample room.
REST = 6


def run(app):
    """On a server with spare machines, which get the time to be ready."""
    with sandbox(app):
        pass  # the files that a machine starts from are in the page cache from here on
    created, answered, ended = [], [], []
    for _ in range(COUNT):
        time.sleep(REST)
        for values, value in zip((created, answered, ended), start(app)):
            values.append(value)
    return [
        Measurement("create returns", "s", created),
        Measurement("create to first exec, warm pool", "s", answered, target=0.2),
        Measurement("terminate", "s", ended),
    ]


def run_without_pool(app):
    """On a server without spare machines: restored where there is a template, else booted."""
    with sandbox(app):
        pass
    restored = [start(app)[1] for _ in range(COUNT)]
    booted = []
    for number in range(COLD_COUNT):
        # A size that nobody has asked for before has no template; the one that is ordered must not
        # take the next one's time.
        booted.append(start(app, memory=1030 + number * 2)[1])
        time.sleep(REST)
    return [
        Measurement("create to first exec, restore", "s", restored, target=0.6),
        Measurement("create to first exec, cold boot", "s", booted, target=12),
    ]


def start(app, **options):
    """The seconds until a creation has returned, until its first process has ended, and for its end."""
    import modal

    started = time.perf_counter()
    made = modal.Sandbox.create(app=app, timeout=600, **options)
    try:
        created = time.perf_counter() - started
        made.exec("true").wait()
        answered = time.perf_counter() - started
    finally:
        started = time.perf_counter()
        made.terminate(wait=True)
    return created, answered, time.perf_counter() - started


if __name__ == "__main__":
    alone(run)

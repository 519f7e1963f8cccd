"""Images through the SDK: cached builds, starts from deep images, copies, imports."""

import os
import statistics
import tempfile
import time
import uuid
from pathlib import Path

from bench_start import start
from common import Measurement, alone, milliseconds, seconds

LAYERS = 20
REBUILDS = 15
STARTS = 11
FILES = 10_000
LARGE = 10**9


def run(app):
    """Everything but the import from a registry, which needs one: see bench_import.py."""
    return [*rebuild(app), *starts(app), *copies(app)]


def chain():
    """An image of twenty layers; a new object each time, since the SDK remembers what it has built."""
    import modal

    image = modal.Image.debian_slim(python_version="3.11")
    for number in range(LAYERS):
        image = image.run_commands(f"head -c 1000000 /dev/urandom > /layer-{number}")
    return image


def rebuild(app):
    """How long the SDK takes to find out that all layers of an image are there."""
    chain().build(app)
    values = []
    for _ in range(REBUILDS):
        image = chain()
        values.append(milliseconds(lambda: image.build(app)))
    return [Measurement(f"rebuild, {LAYERS} cached layers", "ms", values, target=150)]


def starts(app):
    """Creations until the first process has ended, of both images in turn."""
    import modal

    images = {"1 layer": modal.Image.debian_slim(python_version="3.11"), f"{LAYERS} layers": chain()}
    for image in images.values():
        image.build(app)
    values = {name: [] for name in images}
    for number in range(STARTS + 2):
        # Whoever comes second finds warmer caches, or a busier host: both come second in turn.
        for name in sorted(images, reverse=bool(number % 2)):
            took = start(app, image=images[name])[1]
            if number >= 2:
                values[name].append(took)
    medians = [statistics.median(taken) for taken in values.values()]
    return [
        *(Measurement(f"create to first exec, {name}", "s", taken)
          for name, taken in values.items()),
        Measurement(f"the same, {LAYERS} layers / 1", "ratio", [medians[1] / medians[0]], target=1.1),
    ]


def copies(app):
    """Files of the client into an image; the stages as the server's log of the build tells them."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        many, large = Path(directory, "many"), Path(directory, "large")
        for number in range(FILES):
            file = many / str(number // 100) / str(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(uuid.uuid4().hex)
        with large.open("wb") as file:
            for _ in range(LARGE // 10**6):
                file.write(os.urandom(10**6))
        return [
            *copy(app, f"{FILES} files", lambda image: image.add_local_dir(many, "/many", copy=True)),
            *copy(app, "1 GB file", lambda image: image.add_local_file(large, "/large", copy=True)),
        ]


def copy(app, name, add):
    import modal

    image = add(modal.Image.debian_slim(python_version="3.11"))
    began = time.time()
    total = seconds(lambda: image.build(app))
    # The log has the builds of the images below as well, which are older.
    log = [(entry.timestamp, line) for entry in image.logs.tail(200)
           if entry.timestamp.timestamp() >= began for line in entry.message.splitlines()]
    packed = _seconds(line for _, line in log if line.startswith("Packed "))
    copied = _seconds(line for _, line in log if " took " in line and line.startswith("Step "))
    uploaded = log[0][0].timestamp() - began - packed
    return [
        Measurement(f"copy {name}: upload", "s", [uploaded]),
        Measurement(f"copy {name}: archive", "s", [packed]),
        Measurement(f"copy {name}: in the machine", "s", [copied]),
        Measurement(f"copy {name}: all", "s", [total]),
    ]


def _seconds(lines):
    """The sum of what lines as `Step 2 took 1.5 s` say."""
    return sum(float(line.split()[-2]) for line in lines)


if __name__ == "__main__":
    alone(run)

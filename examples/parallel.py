"""Spreads work over sandboxes that run side by side.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

from concurrent.futures import ThreadPoolExecutor

import modal

COUNT_PRIMES = """
import sys
first, last = map(int, sys.argv[1:])
print(sum(all(n % d for d in range(2, int(n ** 0.5) + 1)) for n in range(max(first, 2), last)))
"""
RANGES = [(start, start + 2500) for start in range(0, 10_000, 2500)]

app = modal.App.lookup("examples", create_if_missing=True)


def count(bounds):
    """Counts the primes of a range in a sandbox of its own."""
    sandbox = modal.Sandbox.create(
        "python3", "-c", COUNT_PRIMES, *map(str, bounds), app=app, memory=256, timeout=300)
    sandbox.wait()
    return int(sandbox.stdout.read())


with ThreadPoolExecutor() as pool:
    counts = list(pool.map(count, RANGES))
for (first, last), found in zip(RANGES, counts, strict=True):
    print(f"{first:5} to {last:5}: {found}")
print("together:", sum(counts))

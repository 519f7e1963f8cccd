"""The ways to a machine's root disk that were to choose from, each in machines of its own, in turn.

    python Benchmarks/bench_disk_path.py processor cache --rounds 5 --work untar,read

Without names it measures all, which takes hours. It starts QEMU itself, with the prepared kernel
and without the agent, and needs root, mmdebstrap, and six gigabytes beside the data directory.
"""

import argparse
import os
import statistics
import sys

import disk_machine
from common import Measurement, host_facts, keep
from disk_machine import Variant

DIRECT = {"cache": {"direct": True}}

# For each choice the ways, by what is to be told; the first is what the server does.
CHOICES = {
    "processor": {
        "without ERMS": Variant(),
        "all that QEMU has": Variant(processor="max"),
        "without SMAP": Variant(processor="max,-erms,-fsrm,-smap"),
        "4-level paging": Variant(processor="max,-erms,-fsrm,-la57"),
    },
    "cache": {"the host's": Variant(), "none": Variant(file=DIRECT)},
    "aio": {
        "threads": Variant(),
        "io_uring": Variant(file={"aio": "io_uring"}),
        "native, no cache": Variant(file={"aio": "native", **DIRECT}),
        "io_uring, no cache": Variant(file={"aio": "io_uring", **DIRECT}),
    },
    "thread": {"the main one": Variant(), "its own": Variant(has_thread=True)},
    "queues": {
        "one for each processor": Variant(),
        "one": Variant(device=",num-queues=1"),
        "of 1024": Variant(device=",queue-size=1024"),
    },
    "discard": {
        "when files are removed": Variant(),
        "never": Variant(mount="errors=remount-ro"),
        "zeroes as well": Variant(image={"detect-zeroes": "unmap"}),
    },
    "overlay": {
        "128k with subclusters": Variant(),
        "64k": Variant(overlay="cluster_size=64k"),
        "64k with subclusters": Variant(overlay="extended_l2=on,cluster_size=64k"),
        "512k with subclusters": Variant(overlay="extended_l2=on,cluster_size=512k"),
        "2M with subclusters": Variant(overlay="extended_l2=on,cluster_size=2M"),
        "lazy refcounts": Variant(
            overlay="extended_l2=on,cluster_size=128k,lazy_refcounts=on"),
    },
    "tables": {
        "32M": Variant(), "1M": Variant(image={"l2-cache-size": 1 << 20}),
    },
    "mount": {
        "relatime": Variant(),
        "noatime": Variant(mount="discard,errors=remount-ro,noatime"),
        "lazytime": Variant(mount="discard,errors=remount-ro,lazytime"),
    },
    "queue": {
        "as the kernel has it": Variant(),
        "mq-deadline": Variant(queue="scheduler:mq-deadline"),
        "read ahead 1M": Variant(queue="read_ahead_kb:1024"),
        "read ahead 4M": Variant(queue="read_ahead_kb:4096"),
        "affinity 2": Variant(queue="rq_affinity:2"),
    },
}
WORK = [
    "untar", "git-status-cold", "inserts", "one-insert", "write", "read", "random-read",
    "random-write", "synced-write", "install", "remove",
]


def measure(ways, names, rounds):
    """The outcomes of each way; none of one that QEMU refuses."""
    found = {way: [] for way in ways}
    for number in range(rounds):
        # None is always the one that comes after a certain other.
        order = list(ways)[number % len(ways):] + list(ways)[:number % len(ways)]
        for way in order:
            try:
                found[way].append(disk_machine.work(ways[way], names))
            except disk_machine.Refusal as error:
                print(f"{way}: {error}", file=sys.stderr)
    return {way: outcomes for way, outcomes in found.items() if outcomes}


def report(choice, names, found):
    """A table of medians: seconds, and seconds of the processor."""
    print(f"\n{choice:26}" + "".join(f"{name:>16}" for name in names) + f"{'overlay, MB':>13}")
    for way, outcomes in found.items():
        cells = [
            f"{statistics.median(one.seconds[name] for one in outcomes):9.2f}"
            f"{statistics.median(one.processor[name] for one in outcomes):7.2f}" for name in names]
        size = statistics.median(one.overlay for one in outcomes)
        print(f"{way:26}{''.join(cells)}{size:13.0f}", flush=True)


def measurements(choice, names, found):
    """The same as they are kept."""
    for way, outcomes in found.items():
        for name in names:
            label = f"{choice}: {way}: {name}"
            yield Measurement(label, "s", [one.seconds[name] for one in outcomes])
            yield Measurement(
                f"{label}, processor", "s", [one.processor[name] for one in outcomes])
        yield Measurement(f"{choice}: {way}: overlay", "MB", [one.overlay for one in outcomes])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("choices", nargs="*", metavar="CHOICE", help=", ".join(CHOICES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", default=",".join(WORK))
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("To make the machines' disk needs root.")
    facts, kept, names = host_facts(), [], options.work.split(",")
    for choice in options.choices or CHOICES:
        found = measure(CHOICES[choice], names, options.rounds)
        report(choice, names, found)
        kept += measurements(choice, names, found)
    keep("tcg-disk-path", facts, kept)


if __name__ == "__main__":
    main()

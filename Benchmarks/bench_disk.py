"""The root file system of a sandbox beside gVisor's: the same work in both, in turn, on this host.

It needs root, mmdebstrap, Debian's `runsc`, and six gigabytes beside the data directory, and has a
server of its own. `--rounds N` says how often each is measured (3).
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import disk_image
from common import HOME, Measurement, application, host_facts, keep, sandlot, server, status

# gVisor as Debian has it: programs stopped by ptrace, since KVM is for hosts that have it; files of
# the root in a directory of the host, which a gofer opens, so that what is synced is on its disk.
RUNSC = [
    "runsc", "--platform=ptrace", "--network=none", "--ignore-cgroups", "--overlay2=none",
    "--file-access=exclusive",
]
CALIBRATION = ["loop", "calls"]
WORK = [
    "untar", "git-status", "git-status-cold", "inserts", "one-insert", "write", "read",
    "random-read", "random-write", "synced-write", "install",
]


def missing():
    """What has to be installed first, as a sentence; nothing where all is there."""
    packages = {"runsc": "runsc", "mmdebstrap": "mmdebstrap"}
    absent = [package for tool, package in packages.items() if shutil.which(tool) is None]
    if absent:
        return f"Missing here: {', '.join(absent)}. Run: apt-get install {' '.join(absent)}"
    return "" if os.geteuid() == 0 else "runsc and mmdebstrap need root here."


@contextlib.contextmanager
def in_sandbox():
    """Yields a function that does one piece of work in a sandbox and returns its seconds."""
    import modal

    name = f"bench-disk:{disk_image.KEY}"
    if name not in sandlot("image", "bases"):
        sandlot("image", "import", name, str(disk_image.archive()))
    box = modal.Sandbox.create(
        app=application(), image=modal.Image.from_registry(name), timeout=3600)
    try:
        for file in disk_image.work_files():
            box.filesystem.copy_from_local(str(file), f"/bench/{file.name}")

        def work(name):
            process = box.exec("python3", "/bench/disk_work.py", name)
            output = process.stdout.read()
            assert process.wait() == 0, process.stderr.read()
            return told(output)

        yield work
    finally:
        box.terminate()


@contextlib.contextmanager
def in_runsc():
    """The same under runsc, in a directory beside the data directory."""
    with tempfile.TemporaryDirectory(dir=HOME.parent, prefix="bench-disk-") as directory:
        with disk_image.tree(directory) as root:
            Path(directory, "config.json").write_text(json.dumps(bundle(root)))
            runsc = [*RUNSC, "--root", f"{directory}/state"]
            # What the container inherits must not be a pipe that somebody reads to its end.
            with Path(directory, "log").open("w") as log:
                subprocess.run(
                    [*runsc, "run", "--detach", "--bundle", directory, "bench-disk"], check=True,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)

            def work(name):
                command = [*runsc, "exec", "bench-disk", "python3", "/bench/disk_work.py", name]
                return told(
                    subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

            try:
                yield work
            finally:
                # On a busy host the first attempt may give up before everything has ended.
                for _ in range(5):
                    command = [*runsc, "delete", "--force", "bench-disk"]
                    if subprocess.run(command).returncode == 0:
                        break


def told(output):
    """The seconds that a piece of work has taken."""
    return json.loads(output.splitlines()[-1])["seconds"]


def bundle(root):
    """What OCI's runtimes are told of a container: root in it, as in a sandbox."""
    rights = [
        f"CAP_{name}" for name in
        "CHOWN DAC_OVERRIDE FOWNER FSETID MKNOD SETGID SETUID SYS_ADMIN".split()]
    sets = ("bounding", "effective", "inheritable", "permitted")
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {
        "ociVersion": "1.0.2", "root": {"path": str(root)},
        "process": {
            "args": ["sleep", "infinity"], "cwd": "/", "user": {"uid": 0, "gid": 0},
            "env": [f"PATH={path}", "HOME=/root"],
            "capabilities": {one: rights for one in sets}},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
        "linux": {"namespaces": [{"type": one} for one in ("pid", "network", "ipc", "uts", "mount")]},
    }


def measure(rounds):
    """The seconds of each work in each place, in the order they came."""
    found = {name: {"sandbox": [], "runsc": []} for name in CALIBRATION + WORK}
    for number in range(rounds):
        # New ones each time: runsc keeps files open that are gone, and runs out of descriptors.
        with in_sandbox() as sandbox, in_runsc() as runsc:
            places = {"sandbox": sandbox, "runsc": runsc}
            for name, values in found.items():
                # Neither is always the one that comes after the other.
                for place in sorted(places, reverse=number % 2 == 0):
                    values[place].append(places[place](name))
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def ratios(found):
    """For each work the sandbox's time divided by runsc's."""
    return {
        name: statistics.median(both["sandbox"]) / statistics.median(both["runsc"])
        for name, both in found.items()}


def report(found, engine, facts):
    """Seconds and ratios; emulation makes two of them, between which the disk's own is."""
    compared = ratios(found)
    print(f"{'seconds':18}{'sandbox':>10}{'runsc':>10}{'ratio':>10}{'computing':>12}")
    for name, both in found.items():
        times = "".join(f"{statistics.median(values):10.2f}" for values in both.values())
        print(f"{name:18}{times}{compared[name]:10.2f}{compared[name] / compared['loop']:12.2f}")
    print(f"""
ratio: the sandbox's time divided by that of runsc ({' '.join(RUNSC[1:])}).
computing: the same divided by the ratio of the loop, which computes and does nothing else.
engine {engine}, {facts['cores']} cores, {facts['cpu']}, load before {facts['load_before'][0]}""")
    if engine == "tcg":
        print("The sandbox's processor is emulated, runsc's programs run on the host's: with hardware "
              "for virtual\nmachines the ratio would be between the two columns.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    if problem := missing():
        sys.exit(problem)
    facts = host_facts()
    disk_image.archive()
    with server() as variables:
        os.environ.update(variables)
        engine = status()["engine"]
        found = measure(rounds)
    report(found, engine, facts)
    measurements = [
        Measurement(f"{name}, {place}", "s", values)
        for name, both in found.items() for place, values in both.items()]
    keep(f"{engine}-disk", facts, measurements,
         runsc=RUNSC, ratios={name: round(ratio, 2) for name, ratio in ratios(found).items()})


if __name__ == "__main__":
    main()

"""How builds go on, stop and end: shared, cancelled, cut short, limited."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid

from conftest import exported, sandlot
from servers import Server, machine_of

# Builds an image of `debian_slim` and these commands; prints its id, and the build's output.
PROGRAM = """
import sys, modal
app = modal.App.lookup("sdk-tests", create_if_missing=True)
image = modal.Image.debian_slim(python_version="3.11").run_commands(*sys.argv[1:])
with modal.enable_output():
    image.build(app)
print("built", image.object_id)
"""

# Prints what the file /when of an image has.
READER = """
import sys, modal
app = modal.App.lookup("sdk-tests", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, image=modal.Image.from_id(sys.argv[1]), memory=512)
print(sandbox.exec("sh", "-c", sys.argv[2]).stdout.read().strip())
sandbox.terminate()
"""


def run(*arguments, variables=None):
    return subprocess.Popen(
        [sys.executable, "-c", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, **(variables or {})})


def ended(process, code=0, timeout=120):
    """What a process has printed, which has to end with this code."""
    output, _ = process.communicate(timeout=timeout)
    assert process.returncode == code, output
    return output


def unique():
    return uuid.uuid4().hex[:12]


def images(home=None):
    options = {"home": home} if home else {}
    return json.loads(sandlot("image", "list", "--json", **options).stdout)


def wait_until(check, timeout=60):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")


def building(home=None):
    return next((one["id"] for one in images(home) if one["state"] == "building"), None)


def test_two_clients_share_one_build(server):
    """Both see its output from the beginning and get the same image."""
    commands = [f"echo begun-{unique()}; sleep 4", "cat /proc/sys/kernel/random/uuid | tee /when"]
    first = run(PROGRAM, *commands)
    identifier = wait_until(building)
    second = run(PROGRAM, *commands)
    outputs = [ended(first), ended(second)]
    when = ended(run(READER, identifier, "cat /when")).strip()
    for output in outputs:
        assert f"built {identifier}" in output
        assert commands[0].split()[1].rstrip(";") in output and when in output.splitlines()


def test_a_build_is_stopped_by_removing_its_image(server):
    process = run(PROGRAM, f"echo {unique()}; sleep 600")
    identifier = wait_until(building)
    wait_until(lambda: machine_of(identifier))
    sandlot("image", "rm", identifier)
    assert "The build was stopped: the image was removed." in ended(process, code=1, timeout=30)
    assert machine_of(identifier) is None
    assert identifier not in [one["id"] for one in images()]


def test_a_build_survives_its_client(server):
    process = run(PROGRAM, f"echo {unique()}; sleep 3")
    identifier = wait_until(building)
    process.kill()
    process.wait()
    [state] = wait_until(lambda: [
        one["state"] for one in images() if one["id"] == identifier and one["state"] != "building"])
    assert state == "built"


def test_a_restart_in_the_middle_of_a_step(prepared):
    """Complete steps are kept, nothing of the one that was under way is."""
    done = f"echo {unique()} > /done"
    with Server(prepared) as killed:
        killed.wait_until_serving()
        client = run(PROGRAM, done, "echo half > /half; sync; sleep 600", variables=exported(prepared))
        identifier = wait_until(lambda: building(prepared))
        log = prepared / "builds" / f"{identifier}.log"
        wait_until(lambda: "Step 3" in log.read_text())
        killed.end(signal.SIGKILL)
        client.kill()
        client.wait()
    with Server(prepared) as server:
        server.wait_until_serving()
        assert f"the build of {identifier} was cut short by the restart" in server.output
        output = ended(run(PROGRAM, done, "ls / > /list", variables=exported(prepared)))
        assert f"{done} (cached)" in " ".join(output.split())
        made = output.split("built ")[1].strip()
        listing = ended(run(READER, made, "cat /list", variables=exported(prepared))).split()
        assert "done" in listing and "half" not in listing
        assert not list((prepared / "layers").glob(".*"))


def test_limits_of_a_build(prepared):
    """A build that takes too long is stopped; one that writes more than its memory is not."""
    with Server(prepared, "--build-memory", "512", "--build-timeout", "30") as server:
        server.wait_until_serving()
        variables = exported(prepared)
        slow = run(PROGRAM, f"echo {unique()}; sleep 600", variables=variables)
        large = run(
            PROGRAM,
            f"echo {unique()}; head -c 700000000 /dev/zero > /large; "
            "grep MemTotal /proc/meminfo > /memory", variables=variables)
        made = ended(large).split("built ")[1].strip()
        found = ended(run(READER, made, "stat -c %s /large; cat /memory", variables=variables)).split()
        assert found[0] == "700000000" and int(found[2]) < 512 << 10
        message = ended(slow, code=1)
        assert "longer than the limit of 30 seconds" in message

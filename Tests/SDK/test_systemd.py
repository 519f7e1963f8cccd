"""systemd as the entrypoint: it is process 1 of the sandbox, and the machine is one that it knows."""

import time

import pytest
from inside import output_of as run


@pytest.fixture(scope="module")
def image(workshop):
    # Docker, which would start with the machine, has tests of its own; podman's unit fails when it is stopped
    # and there is no container.
    return workshop.run_commands(
        "systemctl disable docker.service docker.socket containerd.service podman-restart.service")


@pytest.fixture(scope="module")
def machine(modal, app, image):
    sandbox = modal.Sandbox.create("/sbin/init", app=app, image=image, timeout=1800, cpu=2)
    wait_for_state(sandbox, "running", "degraded")
    yield sandbox
    sandbox.terminate()


def state(sandbox):
    return sandbox.exec("systemctl", "is-system-running").stdout.read().strip()


def wait_for_state(sandbox, *wanted, patience=240):
    until = time.monotonic() + patience
    while state(sandbox) not in wanted:
        assert time.monotonic() < until, run(sandbox, "systemctl list-jobs; systemctl --failed")
        time.sleep(0.5)


def test_the_system_runs(machine):
    assert state(machine) == "running", run(machine, "systemctl --failed; journalctl -b -p warning")
    assert run(machine, "systemctl list-units --failed --no-legend") == ""


def test_it_is_process_1(machine):
    assert run(machine, "cat /proc/1/comm") == "systemd\n"
    assert run(machine, "ps -o user=,args= -p 1").split() == ["root", "/sbin/init"]


def test_it_sees_a_machine(machine):
    assert run(machine, "systemd-detect-virt --container || true") == "none\n"
    assert run(machine, "systemd-detect-virt --vm").strip() in ("qemu", "kvm")


def test_units(machine):
    machine.filesystem.write_text(
        "[Service]\nExecStart=/bin/sh -c 'echo at work; exec sleep infinity'\nMemoryMax=64M\n",
        "/etc/systemd/system/worker.service")
    run(machine, "systemctl daemon-reload; systemctl start worker")
    assert run(machine, "systemctl is-active worker") == "active\n"
    group = run(machine, "systemctl show -P ControlGroup worker").strip()
    assert run(machine, f"cat /sys/fs/cgroup{group}/memory.max") == f"{64 << 20}\n"
    # It is started again where it is told to, and stays away once stopped.
    assert "at work" in run(machine, "journalctl --no-pager -u worker")
    run(machine, "systemctl stop worker")
    assert run(machine, "systemctl is-active worker || true") == "inactive\n"


def test_a_failing_unit_is_told(machine):
    run(machine, "! systemd-run --wait --quiet --unit=broken sh -c 'exit 3'")
    assert run(machine, "systemctl show -P ExecMainStatus broken") == "3\n"
    run(machine, "systemctl reset-failed broken")


def test_timers(machine):
    run(machine, "systemd-run --on-active=1s --unit=bell --timer-property=AccuracySec=100ms touch /tmp/rang")
    run(machine, "timeout 60 sh -c 'until [ -e /tmp/rang ]; do sleep 0.2; done'")


def test_the_journal(machine):
    run(machine, "echo 'a line for the journal' | systemd-cat -t note; journalctl --sync")
    assert "a line for the journal" in run(machine, "journalctl --no-pager -t note")
    assert "Linux version" in run(machine, "journalctl --no-pager -k")


def test_user_sessions(machine):
    run(machine, "useradd --create-home worker; loginctl enable-linger worker")
    run(machine, "timeout 60 sh -c 'until systemctl is-active user@$(id -u worker); do sleep 0.5; done'")
    as_user = "systemctl --user -M worker@.host"
    assert run(machine, f"{as_user} is-active basic.target") == "active\n"
    run(machine, "systemd-run --user -M worker@.host --unit=mine --wait --quiet sh -c 'id -un > /tmp/who'")
    assert run(machine, "cat /tmp/who") == "worker\n"
    assert "worker" in run(machine, "loginctl list-users --no-legend")


def test_docker_is_a_service(machine):
    run(machine, "systemctl start docker")
    assert run(machine, "systemctl is-active docker containerd") == "active\nactive\n"
    assert run(machine, "docker info --format '{{.CgroupDriver}} {{.Driver}}'") == "systemd overlay2\n"
    run(machine, "systemctl stop docker docker.socket containerd")


def test_a_snapshot_of_it_starts(modal, app, machine):
    run(machine, "echo kept > /root/kept; systemd-run --unit=ticks sh -c 'while :; do date >> /root/ticks; sleep 0.1; done'")
    copy = modal.Sandbox.create("/sbin/init", app=app, image=machine.snapshot_filesystem(), timeout=600)
    run(machine, "systemctl stop ticks")
    assert run(copy, "cat /root/kept; cat /proc/1/cmdline") == "kept\n/sbin/init\0"
    wait_for_state(copy, "running")
    copy.terminate()


def test_execs_are_no_part_of_a_unit(machine):
    assert run(machine, "cat /proc/self/cgroup") == "0::/sandlot/exec\n"
    # A scope of their own is to be had.
    assert ".scope" in run(machine, "systemd-run --scope --quiet cat /proc/self/cgroup")


def test_the_agent_is_no_part_of_the_system(machine):
    agent = run(machine, "pgrep -x sandlot-agent").strip()
    assert run(machine, f"cat /proc/{agent}/cgroup") == "0::/sandlot/agent\n"
    assert agent not in run(machine, "systemctl status --no-pager --full | grep -v sandlot || true").split()
    assert "sandlot-agent" not in run(machine, "systemctl list-units --all --no-pager")


@pytest.mark.parametrize("command", [
    "systemctl daemon-reexec", "systemctl daemon-reload", "systemctl isolate multi-user.target",
    "systemctl kill --signal=KILL cron", "systemctl restart systemd-journald systemd-logind dbus",
])
def test_it_may_be_turned_inside_out(machine, command):
    # An exec is neither ended by it nor refused after it.
    bystander = machine.exec("sh", "-c", "read line; echo still here")
    machine.exec("sh", "-c", command).wait()
    machine.filesystem.write_text(command, "/root/note")
    assert machine.filesystem.read_text("/root/note") == command
    bystander.stdin.write("\n")
    bystander.stdin.write_eof()
    bystander.stdin.drain()
    assert bystander.stdout.read() == "still here\n"
    wait_for_state(machine, "running")


@pytest.mark.parametrize(("command", "code"), [("poweroff", 0), ("reboot", 133)])
def test_how_it_ends(modal, app, image, command, code):
    sandbox = modal.Sandbox.create("/lib/systemd/systemd", app=app, image=image, timeout=600, cpu=2)
    wait_for_state(sandbox, "starting", "running")
    sandbox.exec("systemctl", command).wait()
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == code


def test_terminate_ends_it(modal, app, image):
    sandbox = modal.Sandbox.create("/sbin/init", app=app, image=image, timeout=600)
    assert run(sandbox, "cat /proc/1/cmdline") == "/sbin/init\0"
    sandbox.terminate(wait=True)
    assert sandbox.returncode == 137

"""The life of a sandbox: create, wait, poll, terminate, time-out, results, names, tags, lists."""

import os
import time
import uuid
from pathlib import Path

import pytest


def test_it_is_a_machine_with_a_kernel_of_its_own(sb):
    process = sb.exec("sh", "-c", "uname -r; cat /proc/1/comm /proc/sys/kernel/random/boot_id")
    assert process.wait() == 0
    release, init, boot = process.stdout.read().splitlines()
    assert release.endswith("-cloud-amd64") and release != os.uname().release
    assert init == "init"
    assert boot != Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_its_clock_runs_as_fast_as_the_hosts(sb):
    def uptime():
        return float(sb.filesystem.read_text("/proc/uptime").split()[0])

    began, inside = time.monotonic(), uptime()
    time.sleep(3)
    inside, outside = uptime() - inside, time.monotonic() - began
    # A counter whose rate the guest has guessed wrong was wrong by a factor of 64.
    assert outside / 3 < inside < outside * 1.5, (inside, outside)


def test_ids_have_the_shapes_of_their_generation(sb, generation):
    assert generation.sandbox_id.fullmatch(sb.object_id)
    assert generation.task_id.fullmatch(sb._get_task_id())


def test_poll_and_terminate(create, modal):
    sandbox = create()
    assert sandbox.poll() is None
    sandbox.terminate()
    sandbox.wait(raise_on_termination=False)
    assert sandbox.poll() == 137
    assert sandbox.returncode == 137
    sandbox.terminate()  # again is fine


def test_wait_raises_when_terminated(create, modal):
    sandbox = create()
    sandbox.terminate()
    with pytest.raises(modal.exception.SandboxTerminatedError):
        sandbox.wait()


def test_terminate_and_wait(create):
    sandbox = create()
    assert sandbox.terminate(wait=True) == 137


def test_the_entrypoint_ends_the_sandbox(create, modal):
    sandbox = create("sh", "-c", "echo out; echo err >&2; exit 3")
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 3
    assert sandbox.stdout.read() == "out\n"
    assert sandbox.stderr.read() == "err\n"


def test_an_entrypoint_that_succeeds(create):
    sandbox = create("true")
    sandbox.wait()
    assert sandbox.returncode == 0


def test_an_entrypoint_that_dies_of_a_signal(create):
    sandbox = create("sh", "-c", "kill -KILL $$")
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 137


def test_an_entrypoint_that_does_not_exist(create, modal):
    sandbox = create("/no/such/program")
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 1
    with pytest.raises(modal.exception.Error, match="never ran|started|program"):
        sandbox.exec("true").wait()


def test_entrypoint_stdin(create):
    sandbox = create("sh", "-c", "read line; echo got $line")
    sandbox.stdin.write("input\n")
    sandbox.stdin.write_eof()
    sandbox.stdin.drain()
    sandbox.wait()
    assert sandbox.stdout.read() == "got input\n"


def test_timeout_ends_it(create, modal):
    sandbox = create(timeout=10)
    started = time.monotonic()
    with pytest.raises(modal.exception.SandboxTimeoutError):
        sandbox.wait()
    assert sandbox.returncode == 124
    assert time.monotonic() - started < 60


def test_a_timeout_that_cannot_be_is_refused(create, modal):
    for timeout in (0, 24 * 3600 + 1):
        with pytest.raises(modal.exception.InvalidError, match=str(timeout)):
            create(timeout=timeout)


def test_idle_timeout_ends_it(create):
    sandbox = create(idle_timeout=5, timeout=300)
    sandbox.exec("true").wait()
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 137


def test_a_running_exec_keeps_it_from_idling(create):
    sandbox = create(idle_timeout=2, timeout=300)
    process = sandbox.exec("sleep", "5")
    assert process.wait() == 0
    assert sandbox.poll() is None
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 137


def test_stdin_keeps_it_from_idling(create):
    sandbox = create("cat", idle_timeout=3, timeout=300)
    for _ in range(5):
        time.sleep(1)
        sandbox.stdin.write("still here\n")
        sandbox.stdin.drain()
    assert sandbox.poll() is None
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 137


def test_poweroff_ends_it(create):
    sandbox = create()
    sandbox.exec("sh", "-c", "sync; echo o > /proc/sysrq-trigger")
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode is not None


def test_env_and_workdir_of_the_sandbox(create):
    sandbox = create(env={"WHERE": "sandbox"}, workdir="/var/log")
    process = sandbox.exec("sh", "-c", "echo $WHERE $PWD")
    process.wait()
    assert process.stdout.read() == "sandbox /var/log\n"


def test_from_id(sb, modal):
    same = modal.Sandbox.from_id(sb.object_id)
    process = same.exec("echo", "hello")
    process.wait()
    assert process.stdout.read() == "hello\n"
    assert same.poll() is None


def test_from_id_of_a_finished_one(create, modal):
    sandbox = create("true")
    sandbox.wait()
    assert modal.Sandbox.from_id(sandbox.object_id).poll() == 0


def test_from_name(create, modal):
    name = f"named-{uuid.uuid4().hex[:8]}"
    sandbox = create(name=name)
    assert modal.Sandbox.from_name("sdk-tests", name).object_id == sandbox.object_id
    with pytest.raises(modal.exception.AlreadyExistsError):
        create(name=name)


def test_from_name_of_one_that_ended(create, modal):
    name = f"named-{uuid.uuid4().hex[:8]}"
    sandbox = create("true", name=name)
    sandbox.wait()
    with pytest.raises(modal.exception.NotFoundError):
        modal.Sandbox.from_name("sdk-tests", name)
    found = modal.Sandbox.from_name("sdk-tests", name, include_terminated=True)
    assert found.object_id == sandbox.object_id and found.poll() == 0
    again = create(name=name)
    assert modal.Sandbox.from_name("sdk-tests", name).object_id == again.object_id
    found = modal.Sandbox.from_name("sdk-tests", name, include_terminated=True)
    assert found.object_id == again.object_id


def test_a_name_can_be_set_once(create, modal):
    name, sandbox = f"later-{uuid.uuid4().hex[:8]}", create()
    sandbox._experimental_set_name(name)
    sandbox._experimental_set_name(name)
    assert modal.Sandbox.from_name("sdk-tests", name).object_id == sandbox.object_id
    with pytest.raises(modal.exception.ConflictError, match=name):
        sandbox._experimental_set_name(f"{name}-2")
    other = create()
    with pytest.raises(modal.exception.AlreadyExistsError, match=name):
        other._experimental_set_name(name)
    sandbox.terminate()
    with pytest.raises(modal.exception.ConflictError, match="ended"):
        sandbox._experimental_set_name(name)
    other._experimental_set_name(name)


def test_detach_leaves_it_running(modal, app):
    sandbox = modal.Sandbox.create(app=app)
    sandbox.detach()
    same = modal.Sandbox.from_id(sandbox.object_id)
    assert same.poll() is None
    assert same.exec("true").wait() == 0
    same.terminate()


def test_tags_of_creation_are_replaced(create, modal, app):
    tag = uuid.uuid4().hex[:8]
    sandbox = create(tags={"test": tag, "old": "1"})
    assert sandbox.get_tags() == {"test": tag, "old": "1"}
    sandbox.set_tags({"test": tag, "new": "2"})
    assert sandbox.get_tags() == {"test": tag, "new": "2"}
    assert list(modal.Sandbox.list(app_id=app.app_id, tags={"test": tag, "old": "1"})) == []


def test_tags_and_list(create, modal, app):
    sandbox = create()
    tag = uuid.uuid4().hex[:8]
    sandbox.set_tags({"test": tag})
    assert sandbox.get_tags() == {"test": tag}
    listed = list(modal.Sandbox.list(app_id=app.app_id, tags={"test": tag}))
    assert [found.object_id for found in listed] == [sandbox.object_id]


def test_a_finished_one_is_not_listed(create, modal, app):
    sandbox = create("true")
    sandbox.wait()
    ids = [found.object_id for found in modal.Sandbox.list(app_id=app.app_id)]
    assert sandbox.object_id not in ids


def test_a_list_is_newest_first(create, modal, app):
    tag = {"list": uuid.uuid4().hex[:8]}
    made = [create(tags=tag, memory=256).object_id for _ in range(3)]
    assert [found.object_id for found in modal.Sandbox.list(app_id=app.app_id, tags=tag)] == made[::-1]
    assert [found.object_id for found in modal.Sandbox.list(tags=tag)] == made[::-1]


def test_systems_files_are_in_order(sb):
    process = sb.exec("sh", "-c", "cat /etc/hostname /etc/machine-id; ls -d /proc/self /sys/class /dev/pts /dev/shm")
    assert process.wait() == 0, process.stderr.read()
    hostname, machine_id = process.stdout.read().splitlines()[:2]
    assert hostname and len(machine_id) == 32


def test_two_sandboxes_differ(create):
    def identity(sandbox):
        process = sandbox.exec(
            "sh", "-c", "cat /etc/machine-id /etc/hostname; head -c 16 /dev/urandom | od -An -tx1")
        assert process.wait() == 0
        return process.stdout.read().splitlines()

    first, second = identity(create()), identity(create())
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_the_clock_is_the_hosts(sb):
    process = sb.exec("date", "+%s")
    process.wait()
    assert abs(int(process.stdout.read()) - time.time()) < 30


def test_loop_devices_and_cgroups_work(sb):
    script = """
        set -e
        truncate -s 32M /tmp/loop.img; mkfs.ext4 -qF /tmp/loop.img
        mkdir -p /mnt/loop-test; mount -o loop /tmp/loop.img /mnt/loop-test
        echo inside > /mnt/loop-test/file; umount /mnt/loop-test; rm /tmp/loop.img
        mkdir /sys/fs/cgroup/test; echo 7 > /sys/fs/cgroup/test/pids.max
        cat /sys/fs/cgroup/test/pids.max /sys/fs/cgroup/cgroup.controllers; rmdir /sys/fs/cgroup/test
    """
    process = sb.exec("sh", "-c", script)
    assert process.wait() == 0, process.stderr.read()
    limit, controllers = process.stdout.read().splitlines()
    assert limit == "7"
    assert {"cpu", "memory", "io", "pids"} <= set(controllers.split())

"""CPU is elastic, memory is exact: guarantees, limits, admission, and what is refused."""

import os
import re
import time
from pathlib import Path

import pytest
from conftest import sandlot
from servers import Server, machine_of, prepared_home

TICKS = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()
# Long enough that a tick and a scheduler's period do not count.
WINDOW = 10

needs_cgroups = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make cgroups")


# processors


def threads_per_core():
    lists = Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/core_cpus_list")
    cores = {path.read_text() for path in lists}
    return PROCESSORS // len(cores) if cores else 1


def processor_seconds(pid):
    """User and system time of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def host_busy_seconds():
    """What all processors of the host have spent on anything but idling."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    return (sum(map(int, fields)) - int(fields[3]) - int(fields[4])) / TICKS


def keep_busy(sandbox):
    """Has each of its virtual CPUs compute for as long as it lives; returns its QEMU's process."""
    script = """
        for cpu in $(seq $(nproc)); do (while :; do :; done) & done
        echo $(nproc) busy
        wait
    """
    process = sandbox.exec("sh", "-c", script)
    assert next(iter(process.stdout)).endswith("busy\n")
    return machine_of(sandbox.object_id)


def use(*pids):
    """Processors that each process uses at the same time, and that the others on the host use."""
    def look():
        return time.monotonic(), [processor_seconds(pid) for pid in pids], host_busy_seconds()

    time.sleep(1)
    started, before, busy_before = look()
    time.sleep(WINDOW)
    ended, after, busy_after = look()
    seconds = ended - started
    used = [(now - then) / seconds for then, now in zip(before, after)]
    return used, max(0, (busy_after - busy_before) / seconds - sum(used))


@needs_cgroups
def test_contending_sandboxes_get_what_they_requested(create):
    """Requests of 3:1 get processor time of 3:1 where both want the same processor."""
    strong, weak = create(cpu=0.75, timeout=600), create(cpu=0.25, timeout=600)
    machines = keep_busy(strong), keep_busy(weak)
    # On one processor, so that they do contend: the kernel of a host with two may leave each of them
    # a processor of its own for long.
    for pid in machines:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {0})
    (most, least), _ = use(*machines)
    assert 3 * 0.85 < most / least < 3 * 1.15, (most, least)


def test_a_sandbox_alone_gets_everything(create):
    """A request of an eighth of a core uses all that nobody else does."""
    sandbox = create(timeout=600)
    process = sandbox.exec("nproc")
    assert int(process.stdout.read()) == PROCESSORS
    (used,), others = use(keep_busy(sandbox))
    assert used > 0.85 * (PROCESSORS - others), (used, others)


@needs_cgroups
@pytest.mark.parametrize("request_, limit", [(0.25, 0.5), (0.5, 1.0), (0.5, 1.5)])
def test_a_limit_is_never_exceeded(create, request_, limit):
    threads = limit * threads_per_core()
    if threads >= PROCESSORS:
        pytest.skip("the host has no more than the limit")
    sandbox = create(cpu=(request_, limit), timeout=600)
    process = sandbox.exec("nproc")
    assert int(process.stdout.read()) == -(-threads // 1)
    (used,), others = use(keep_busy(sandbox))
    assert used < threads * 1.05, (used, others)
    # The limit is also had, where nobody else wants the processors.
    assert used > min(0.85 * threads, 0.5 * (PROCESSORS - others)), (used, others)


def test_more_processors_than_there_are(create, modal):
    for cpu in [1000.0, (0.5, 1000.0)]:
        with pytest.raises(modal.exception.InvalidError, match=f"1000.0 cores.*{PROCESSORS} logical"):
            create(cpu=cpu)


def test_a_negative_request(create):
    with pytest.raises(Exception, match="cpu|negative|-1"):
        create(cpu=-1.0)


# memory


def mebibytes_inside(sandbox):
    process = sandbox.exec("awk", "/MemTotal/ {print $2}", "/proc/meminfo")
    return int(process.stdout.read()) / 1024


def kernel_reserve(asked):
    """The most that the guest's kernel keeps of its memory for itself, in MiB: its image and tables,
    16 bytes of each KiB for its page structures, and, where memory lies above 4 GiB, 64 MiB for
    devices that cannot reach there."""
    return 46 + asked / 64 + (64 if asked > 2816 else 0)


@pytest.mark.parametrize("asked", [128, 256, 512, 1024, 4096])
def test_memory_is_what_was_asked_for(create, asked):
    sandbox = create(memory=asked)
    assert sandbox.exec("true").wait() == 0
    assert asked - kernel_reserve(asked) < mebibytes_inside(sandbox) < asked


def test_the_default_memory_is_one_gibibyte(sb):
    assert 1024 - kernel_reserve(1024) < mebibytes_inside(sb) < 1024


def test_of_a_memory_tuple_the_request_counts(create):
    with pytest.warns(UserWarning, match="memory of a VM sandbox is static.*limit of 1024 MiB"):
        sandbox = create(memory=(256, 1024))
    assert 256 - kernel_reserve(256) < mebibytes_inside(sandbox) < 256


def test_too_little_memory(create, modal):
    for asked in [16, 127]:
        with pytest.raises(modal.exception.InvalidError, match=f"{asked} MiB is too little.*128 MiB"):
            create(memory=asked)


def test_more_memory_than_the_host_has(create, modal):
    has = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    with pytest.raises(modal.exception.InvalidError, match=f"10485760 MiB.*host has: {has} MiB"):
        create(memory=10 * 1024 * 1024)


def test_twenty_two_gibibytes_fit_into_twenty_four(server):
    """Twenty sandboxes and two spare machines of the default size, on a host of 24 GB or more."""
    found = re.search(r"(\d+) MiB, of which (\d+) may be promised", sandlot("doctor", check=False).stdout)
    has, budget = map(int, found.groups())
    assert has - has // 32 - 512 == budget
    assert has < 24100 or budget >= 22 * 1024


# admission


CREATE = """
import modal
app = modal.App.lookup("memory", create_if_missing=True)
made = [modal.Sandbox.create(app=app, memory=memory) for memory in {sizes}]
"""


@pytest.fixture(scope="module")
def small_server():
    """A server that may promise 1 GiB."""
    with prepared_home() as home:
        with Server(home, "--port", "0", "--memory-budget", "1024").wait_until_serving() as server:
            yield server


def test_what_does_not_fit_is_refused_with_the_numbers(small_server):
    said = small_server.client(CREATE.format(sizes=[512, 256]) + """
try:
    modal.Sandbox.create(app=app, memory=512)
except modal.exception.ResourceExhaustedError as error:
    print(error)
    print(made[0].object_id, "holds 512")
made[0].terminate(wait=True)
made.append(modal.Sandbox.create(app=app, memory=768))
for sandbox in made:
    sandbox.terminate(wait=True)
""")
    refusal, first = said.splitlines()
    assert "needs 512 MiB of memory: 768 of the 1024 MiB" in refusal
    assert first in refusal
    for remedy in ["Terminate a sandbox", "less memory", "memory_budget", "memory_overcommit"]:
        assert remedy in refusal


def test_one_sandbox_may_have_the_whole_budget_and_no_more(small_server):
    said = small_server.client(CREATE.format(sizes=[]) + """
try:
    modal.Sandbox.create(app=app, memory=1025)
except modal.exception.InvalidError as error:
    print(error)
sandbox = modal.Sandbox.create(app=app, memory=1024)
assert sandbox.exec("true").wait() == 0
sandbox.terminate(wait=True)
""")
    assert "memory of 1025 MiB is more than this server may promise" in said
    assert "1024 MiB" in said


def test_a_build_waits_for_the_memory_it_needs(small_server):
    """It waits as long as a sandbox has the memory, says so, and goes on when that has ended."""
    said = small_server.client("""
import threading, uuid
""" + CREATE.format(sizes=[256]) + """
image = modal.Image.debian_slim(python_version="3.11").run_commands(f"echo {uuid.uuid4()}")
with modal.enable_output():
    ended = threading.Timer(5, made[0].terminate)
    ended.start()
    image.build(app)
    ended.join()
""")
    assert "Waiting for memory" in said, said
    assert "256 of the 1024 MiB" in " ".join(said.split()), said


def test_overcommit_promises_more_than_there_is():
    with prepared_home() as home:
        options = ["--port", "0", "--memory-budget", "512", "--memory-overcommit", "2"]
        with Server(home, *options).wait_until_serving() as server:
            server.client(CREATE.format(sizes=[512, 512]) + """
for sandbox in made:
    assert sandbox.exec("true").wait() == 0
    sandbox.terminate(wait=True)
""")

"""Other programs as process 1: they end with a code, keep the machine, or shut it down."""

import pytest

ASK = "cat /proc/1/comm; echo $PPID; exit 3"


@pytest.fixture
def start(create, workshop):
    def start(*arguments, **options):
        return create(*arguments, image=workshop, timeout=300, **options)

    return start


def outcome(sandbox):
    sandbox.wait(raise_on_termination=False)
    return sandbox.returncode, sandbox.stdout.read()


def test_tini(start):
    assert outcome(start("/usr/bin/tini", "--", "sh", "-c", ASK)) == (3, "tini\n1\n")


def test_tini_as_the_images_entrypoint(create, workshop):
    image = workshop.dockerfile_commands('ENTRYPOINT ["tini", "--"]', 'CMD ["sh", "-c", "cat /proc/1/comm"]')
    assert outcome(create(image=image, timeout=300)) == (0, "tini\n")


def test_its_code_tells_of_a_signal(start):
    sandbox = start("/usr/bin/tini", "--", "sleep", "1000")
    sandbox.exec("kill", "-TERM", "1").wait()
    assert outcome(sandbox)[0] == 143


def test_what_nobody_waits_for_is_collected(start):
    sandbox = start("/usr/bin/tini", "--", "sleep", "1000")
    process = sandbox.exec("sh", "-c", "sh -c 'sleep 0.2 & echo $!'; sleep 1; ps -A -o stat= | grep -c Z")
    assert process.stdout.read().split()[1:] == ["0"]


def test_process_1_does_not_die_of_signals(start):
    sandbox = start("/usr/bin/tini", "--", "sleep", "1000")
    for signal in ("KILL", "STOP", "SEGV"):
        sandbox.exec("kill", f"-{signal}", "1").wait()
    assert sandbox.exec("sh", "-c", "grep State /proc/1/status").stdout.read() == "State:\tS (sleeping)\n"
    assert sandbox.poll() is None


def test_s6(start):
    sandbox = start("sh", "-c", (
        "mkdir -p /service/hello; printf '#!/bin/sh\\ncat /proc/1/comm\\nexec sleep 1000\\n' > /service/hello/run;"
        "chmod +x /service/hello/run; exec s6-svscan /service"), experimental_options={"init": True})
    lines = iter(sandbox.stdout)
    assert next(lines) == "s6-svscan\n"
    sandbox.exec("s6-svscanctl", "-t", "/service").wait()
    assert outcome(sandbox)[0] == 0


def test_busybox(start):
    sandbox = start("busybox", "init")
    assert sandbox.exec("cat", "/proc/1/cmdline").stdout.read() == "busybox\0init\0"
    sandbox.exec("busybox", "poweroff").wait()
    assert outcome(sandbox)[0] == 0


def test_whatever_is_asked_for(start):
    sandbox = start("sh", "-c", ASK, experimental_options={"init": True})
    assert outcome(sandbox) == (3, "sh\n0\n")


def test_a_terminal_of_process_1(start):
    sandbox = start("/usr/bin/tini", "--", "sh", "-c", "stty size; tty; exit 4", pty=True)
    code, text = outcome(sandbox)
    assert code == 4 and text.split()[:2] == ["24", "80"] and "/dev/pts/" in text


def test_it_can_be_left_off(start):
    sandbox = start("/usr/bin/tini", "-s", "--", "cat", "/proc/1/comm", experimental_options={"init": False})
    assert outcome(sandbox) == (0, "init\n")


def test_a_user_of_the_image_is_process_1(create, workshop):
    image = workshop.dockerfile_commands("USER daemon")
    sandbox = create("tini", "--", "id", "-un", image=image, timeout=300)
    assert outcome(sandbox) == (0, "daemon\n")


def test_a_choice_that_is_none_is_refused(modal, start):
    with pytest.raises(modal.exception.InvalidError, match="maybe"):
        start("true", experimental_options={"init": "maybe"})


@pytest.mark.parametrize("program", ["/no/such/init", "/etc/passwd"])
def test_one_that_cannot_start_is_told_of(modal, start, program):
    sandbox = start(program, experimental_options={"init": True})
    assert outcome(sandbox)[0] == 1
    with pytest.raises(modal.exception.Error, match=program):
        sandbox.exec("true")


def test_without_its_agent_a_sandbox_ends(start):
    sandbox = start("/usr/bin/tini", "--", "sleep", "1000")
    sandbox.exec("sh", "-c", "pkill -KILL -x sandlot-agent")
    assert outcome(sandbox)[0] == 137

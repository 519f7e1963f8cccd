"""The examples, run as a user runs them: unedited, each in a process of its own."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT
from snippets import matches

EXAMPLES = ROOT / "examples"

# What each prints; `…` is anything within a line, and a line of it any number of lines.
PRINTED = {
    "stream_output": """
  … s  out  part 1 of 4
  … s  out  part 2 of 4
…
  … s  out  part 4 of 4
exit code 0
""",
    "python_repl": """
>>> x = 20
>>> x + 22
42
>>> import os; os.uname().sysname
'Linux'
>>> 1 / 0
Traceback (most recent call last):
…
ZeroDivisionError: division by zero
exit code 0
""",
    "code_interpreter": """
ok
[0, 1, 4, 9, 16]
NameError: name 'sqare' is not defined…
120
exit code 0
""",
    "untrusted_code": """
harmless  exit code   0  45
endless   exit code  -1…
curious   exit code   1  …Network is unreachable…
greedy    exit code …
""",
    "parallel": """
    0 to  2500: 367
 2500 to  5000: 302
 5000 to  7500: 281
 7500 to 10000: 279
together: 1229
""",
    "web_server": """
you asked for /
you asked for /weather?in=Oslo
2 requests in its log
""",
    "files_round_trip": """
one.txt  6 bytes  0644
two.txt  13 bytes  0644
      2 be
      1 not
      1 or
      2 to
""",
    "secret_variables": """
ada logs in at stage example, session s-1, password of 9 letters
ada logs in at stage example, session s-2, password of 9 letters
""",
    "async_sandboxes": """
hello ada 1, hello ada 2, hello ada 3
hello grace 1, hello grace 2, hello grace 3
hello barbara 1, hello barbara 2, hello barbara 3
""",
}

# What installs packages in a machine takes minutes.
NIGHTLY = {"docker": "hello from a container in a sandbox\n"}


def start(name, *arguments):
    return subprocess.Popen(
        [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=os.environ)


def printed(example):
    """What an example printed, once it has ended well."""
    output, errors = example.communicate(timeout=1200)
    assert example.returncode == 0, output + errors
    return output


def test_the_snippet_runs_verbatim(server):
    output = printed(start("vm_sandbox"))
    assert "Creating filesystem with" in output
    assert "Writing superblocks and filesystem accounting information" in output


def test_two_snippets_at_once_do_not_disturb_each_other(server):
    for example in [start("vm_sandbox"), start("vm_sandbox")]:
        assert "Creating filesystem with" in printed(example)


@pytest.mark.parametrize("name", PRINTED)
def test_it_prints_what_it_should(server, name):
    output = printed(start(name))
    assert matches(PRINTED[name].strip("\n"), output), output


@pytest.mark.nightly
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", NIGHTLY)
def test_it_prints_what_it_should_after_minutes(server, name):
    assert NIGHTLY[name] in printed(start(name))


def test_a_second_process_finds_the_named_worker(server):
    try:
        visits = [printed(start("named_worker")) for _ in range(2)]
        assert visits == ["visitor number 1\n", "visitor number 2\n"]
    finally:
        assert printed(start("named_worker", "--stop")) == "ended\n"


def test_every_example_is_tested():
    names = {path.stem for path in EXAMPLES.glob("*.py")}
    assert names == {*PRINTED, *NIGHTLY, "vm_sandbox", "named_worker"}

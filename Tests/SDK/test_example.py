"""The main job: the seed's snippet, run as a user runs it."""

import os
import subprocess
import sys

from conftest import ROOT


def run_example():
    return subprocess.Popen(
        [sys.executable, str(ROOT / "examples/vm_sandbox.py")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ,
    )


def test_the_snippet_runs_verbatim(server):
    example = run_example()
    output, _ = example.communicate(timeout=240)
    assert example.returncode == 0, output
    assert "Creating filesystem with" in output
    assert "Writing superblocks and filesystem accounting information" in output


def test_two_snippets_at_once_do_not_disturb_each_other(server):
    examples = [run_example(), run_example()]
    for example in examples:
        output, _ = example.communicate(timeout=240)
        assert example.returncode == 0, output
        assert "Creating filesystem with" in output

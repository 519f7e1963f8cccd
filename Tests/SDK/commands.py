"""The command `sandlot` with nothing added, and what clients of further servers run."""

import os
import subprocess

import pytest
from conftest import SANDLOT

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

CREATE = """
import modal
app = modal.App.lookup("ends", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, timeout=3600)
assert sandbox.exec("true").wait() == 0
print(sandbox.object_id)
"""

POLL = """
import modal
print(modal.Sandbox.from_id("{}").poll())
"""


def command(*arguments, env=None, prefix=(), timeout=60):
    """Runs `sandlot` with nothing added; returns the finished process."""
    return subprocess.run(
        [*prefix, str(SANDLOT), *map(str, arguments)], capture_output=True, text=True,
        timeout=timeout, env={**os.environ, **(env or {})},
    )


def refused(result, *words):
    """Asserts that a command failed with exit code 1 and words on standard error."""
    said = result.stdout + result.stderr
    assert result.returncode == 1, said
    for word in words:
        assert word in result.stderr, said
    assert "Fatal error" not in said and "Error Domain" not in said, said

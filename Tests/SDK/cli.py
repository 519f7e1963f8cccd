"""The SDK's command line, as a person types it."""

import os
import subprocess
import sys


def modal_cli(*arguments, check=True, timeout=120, **variables):
    """Runs `modal …` with the suite's server; returns the finished process. A variable that is None
    is not set at all."""
    env = {**os.environ, "COLUMNS": "300", "TERM": "dumb", **variables}
    result = subprocess.run(
        [sys.executable, "-m", "modal", *arguments], capture_output=True, text=True,
        timeout=timeout, stdin=subprocess.DEVNULL,
        env={name: value for name, value in env.items() if value is not None},
    )
    if check:
        assert result.returncode == 0, result.stdout + result.stderr
    return result

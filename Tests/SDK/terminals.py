"""Real terminals for programs that need one: windows of tmux, read as screens."""

import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

# The SDK's command, beside the Python that runs the tests.
MODAL = Path(sys.executable).with_name("modal")
COLUMNS, ROWS = 100, 30


class Terminal:
    """A window of a size, in which one command runs; closed when the block is left."""

    def __init__(self, directory, *command, env=None):
        self._tmux = ["tmux", "-S", str(directory / "tmux"), "-f", "/dev/null"]
        variables = [f"{name}={value}" for name, value in (env or {}).items()]
        words = shlex.join(["env", *variables, *map(str, command)])
        # The shell around the command tells of its end, and how the terminal was and is.
        script = f"stty -a >{directory}/before; {words}; code=$?; stty -a >{directory}/after; " \
                 "echo; echo \"left with $code\"; exec sleep 1000"
        self._directory = directory
        subprocess.run(
            [*self._tmux, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
             "sh", "-c", script], check=True, stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._run("kill-server")

    def _run(self, *arguments):
        return subprocess.run(
            [*self._tmux, *arguments], capture_output=True, text=True, check=True).stdout

    def screen(self):
        """The lines of the window, without the blank ones at its end."""
        return [line.rstrip() for line in self._run("capture-pane", "-p").rstrip().split("\n")]

    def colours(self):
        """The window with its colours as escape sequences."""
        return self._run("capture-pane", "-p", "-e")

    def pid(self):
        """The process that was started in the window."""
        return int(self._run("display", "-p", "#{pane_pid}"))

    def type(self, text):
        """Types characters as they are."""
        self._run("send-keys", "-l", "--", text)

    def press(self, *keys):
        """Presses keys by tmux's names for them, such as C-c, Enter, Escape."""
        self._run("send-keys", *keys)

    def enter(self, line):
        """Types a line."""
        self.type(line)
        self.press("Enter")

    def wait_for(self, pattern, timeout=30):
        """Waits until a line of the screen matches; returns the screen."""
        deadline = time.monotonic() + timeout
        while True:
            screen = self.screen()
            if any(re.search(pattern, line) for line in screen):
                return screen
            if time.monotonic() > deadline:
                raise AssertionError(f"no {pattern!r} within {timeout} s in:\n" + "\n".join(screen))
            time.sleep(0.05)

    def wait_for_end(self, timeout=10):
        """Waits until the command has ended; returns its exit code."""
        screen = self.wait_for(r"left with \d+$", timeout)
        return int(re.search(r"left with (\d+)", "\n".join(screen))[1])

    def is_as_before(self):
        """Whether the command, now ended, has left the terminal's modes as it found them."""
        return ((self._directory / "before").read_text()
                == (self._directory / "after").read_text())

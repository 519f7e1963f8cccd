"""Talks to a Python interpreter in a sandbox through its stdin: state stays from line to line.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import modal

PROMPT = ">>> "


class Interpreter:
    """An interactive Python in a terminal of its own."""

    def __init__(self, sandbox):
        # -q: no banner. The terminal makes it interactive, and `dumb` keeps it from drawing.
        self._process = sandbox.exec("python3", "-q", "-i", pty=True, env={"TERM": "dumb"})
        self._output = iter(self._process.stdout)
        self._read_to_prompt()

    def ask(self, line):
        """Types a line; returns what Python answers."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.drain()
        # The terminal shows what was typed first.
        return self._read_to_prompt().removeprefix(line).strip()

    def leave(self):
        """Types the end of input, as ^D does."""
        self._process.stdin.write("\x04")
        self._process.stdin.drain()
        return self._process.wait()

    def _read_to_prompt(self):
        text = ""
        while not text.endswith(PROMPT):
            text += next(self._output)
        return text.removesuffix(PROMPT).replace("\r\n", "\n")


app = modal.App.lookup("examples", create_if_missing=True)
sb = modal.Sandbox.create(app=app, timeout=300)
try:
    python = Interpreter(sb)
    for line in ["x = 20", "x + 22", "import os; os.uname().sysname", "1 / 0"]:
        print(PROMPT + line)
        answer = python.ask(line)
        if answer:
            print(answer)
    print("exit code", python.leave())
finally:
    sb.terminate()

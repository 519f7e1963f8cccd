"""Runs pieces of code, one after another, in a sandbox that remembers what they defined.

The sandbox's own command is a small driver: it reads a JSON object a line from its stdin, runs the code
in it and answers with a JSON object a line. So a session is one sandbox, and nothing has to be polled.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import json

import modal

DRIVER = """
import contextlib, io, json, sys, traceback

names = {}
for line in sys.stdin:
    output, error = io.StringIO(), None
    with contextlib.redirect_stdout(output):
        try:
            exec(json.loads(line)["code"], names)
        except Exception:
            error = traceback.format_exc(limit=0).strip()
    print(json.dumps({"output": output.getvalue(), "error": error}), flush=True)
"""


class CodeInterpreter:
    """A sandbox that runs Python code on demand."""

    def __init__(self, app):
        self.sandbox = modal.Sandbox.create(
            "python3", "-c", DRIVER, app=app, timeout=600, block_network=True)
        self._answers = iter(self.sandbox.stdout)

    def run(self, code):
        """Runs code; returns what it printed, and its error or None."""
        self.sandbox.stdin.write(json.dumps({"code": code}) + "\n")
        self.sandbox.stdin.drain()
        answer = json.loads(next(self._answers))
        return answer["output"], answer["error"]

    def close(self):
        """Lets the driver come to its end, and the sandbox with it."""
        self.sandbox.stdin.write_eof()
        self.sandbox.stdin.drain()
        self.sandbox.wait()
        return self.sandbox.returncode


interpreter = CodeInterpreter(modal.App.lookup("examples", create_if_missing=True))
for code in [
    "def square(n):\n    return n * n",
    "print([square(n) for n in range(5)])",
    "print(sqare(3))",
    "import math\nprint(math.comb(10, 3))",
]:
    output, error = interpreter.run(code)
    print(output.strip() or error or "ok")
print("exit code", interpreter.close())

"""The snippets of a guide's page: parsed, run in one session, and compared with what the page shows."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

# A page may say `sh no-run`; whoever does gives the reason beside it.
FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.M | re.S)

# Runs blocks of Python in one namespace, as they come, and tells of the end of each.
INTERPRETER = """
import json, sys, traceback
namespace = {"__name__": "__main__"}
for line in sys.stdin:
    code, file = json.loads(line)
    try:
        exec(compile(code, file, "exec"), namespace)
        end = 0
    except BaseException:
        traceback.print_exc()
        end = 1
    print(f"\\0{end}", flush=True)
"""


@dataclass
class Snippet:
    """A fenced block: its language, its further words, the line it begins in, and its text."""

    language: str
    words: list
    line: int
    text: str
    output: str | None = None

    @property
    def runs(self):
        return self.language in ("sh", "python") and "no-run" not in self.words


def snippets(page):
    """The blocks of a page; one of the kind `output` is what the block before it prints."""
    text, found = page.read_text(), []
    for match in FENCE.finditer(text):
        language, *words = match[1].split() or [""]
        if language == "output":
            assert found and found[-1].runs, f"{page.name}: output of nothing that was run"
            found[-1].output = match[2]
        else:
            found.append(Snippet(language, words, text[: match.start()].count("\n") + 1, match[2]))
    return found


def matches(shown, printed):
    """Whether a page's output is what was printed. `…` stands for anything within a line, and a line
    of nothing else for any number of lines."""
    pattern = re.escape(shown.strip()).replace("\\\n", "\n")
    pattern = re.sub(r"^…$", "(?s:.*)", pattern, flags=re.M).replace("…", ".*")
    lines = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(pattern, lines) is not None


class Session:
    """One shell and one Python for a page, as a person has them in a terminal."""

    def __init__(self, directory, env):
        self._directory, self._python = directory, None
        self._shell = self._start(["bash", "--norc", "-s"], env)
        self._ask(self._shell, "set -euo pipefail\nprintf '\\0000\\n'\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in filter(None, [self._python, self._shell]):
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()

    def run(self, snippet, name):
        """Runs a block; returns what it printed, or raises with all that was said."""
        run = self._run_shell if snippet.language == "sh" else self._run_python
        end, printed = run(snippet, f"{name}:{snippet.line}")
        if end != 0:
            raise AssertionError(f"{name}, line {snippet.line}, failed:\n{printed}{self._errors()}")
        return printed

    def _run_shell(self, snippet, _):
        file = self._directory / f"line-{snippet.line}.sh"
        file.write_text(snippet.text)
        # Sourced, so that what it exports stays; its own input is empty.
        return self._ask(
            self._shell,
            f". {file} </dev/null\nenv -0 >{self._directory}/env\nprintf '\\0000\\n'\n")

    def _run_python(self, snippet, file):
        if self._python is None:
            pairs = (self._directory / "env").read_text().split("\0") \
                if (self._directory / "env").exists() else []
            env = dict(pair.split("=", 1) for pair in pairs if pair) or self._env
            self._python = self._start([sys.executable, "-c", INTERPRETER], env)
        blank = "\n" * snippet.line  # so that a traceback names the page's lines
        return self._ask(self._python, json.dumps([blank + snippet.text, file]) + "\n")

    def _start(self, command, env):
        self._env = env
        with (self._directory / "errors").open("a") as errors:
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                cwd=self._directory, env=env)

    def _ask(self, process, text):
        process.stdin.write(text)
        process.stdin.flush()
        printed = ""
        for line in process.stdout:
            said, mark, end = line.partition("\0")
            printed += said
            if mark:
                return int(end), printed
        return 1, printed  # the shell has left, as `set -e` wants

    def _errors(self):
        return (self._directory / "errors").read_text()[-4000:]


def environment(**variables):
    """The environment of a terminal in which Sandlot and the SDK are installed."""
    from conftest import SANDLOT

    path = [str(SANDLOT.parent), os.path.dirname(sys.executable), os.environ["PATH"]]
    return {**os.environ, "PATH": ":".join(path), "TERM": "dumb", "COLUMNS": "100", **variables}

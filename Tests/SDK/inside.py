"""Scripts in sandboxes."""

from pathlib import Path

PROBES = Path(__file__).with_name("probes")


def output_of(sandbox, script):
    """What a script of bash prints, which must end well."""
    process = sandbox.exec("bash", "-ec", script)
    output, errors = process.stdout.read(), process.stderr.read()
    assert process.wait() == 0, f"{script}: {output}{errors}"
    return output


class Inside:
    """A sandbox that the tests of one file share, as root's shell in it."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def __call__(self, script, *arguments, code=0):
        """Runs a script of bash in a directory of its own; returns what it prints on standard output.

        It ends where one of its commands fails. What it said is shown where it does not end with
        `code`.
        """
        prologue = 'set -euo pipefail; cd "$(mktemp -d)"\n'
        process = self.sandbox.exec("bash", "-c", prologue + script, "bash", *arguments)
        output = process.stdout.read()
        assert process.wait() == code, output + process.stderr.read()
        return output

    def words(self, script, *arguments):
        """The words that a script prints."""
        return self(script, *arguments).split()

    def add(self, name):
        """Puts a source of `probes` into the sandbox; returns its path there."""
        path = f"/tmp/{name}"
        self.sandbox.filesystem.write_text((PROBES / name).read_text(), path)
        return path

    def compile(self, name, *flags):
        """Compiles a program of `probes` there; returns the program's path."""
        source = self.add(f"{name}.c")
        self('clang -O1 -Wall -Werror -o "/tmp/$1" "$2" "${@:3}"', name, source, *flags)
        return f"/tmp/{name}"

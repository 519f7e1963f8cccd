"""Container engines in a sandbox: how tests run their commands and make their images.

No registry is within reach, so images begin `FROM scratch` with the sandbox's own static busybox.
"""

BUSYBOX = """
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
"""

COMPOSE = """
version: "3.8"
services:
  server:
    image: busybox
    command: httpd -f -p 80 -h /site
    volumes: [".:/site:ro"]
  client:
    image: busybox
    depends_on: [server]
    command: sh -c "until wget -qO- http://server/page; do sleep 1; done"
"""

# A client waits longer for its daemon where machines are emulated than it does elsewhere.
WAIT = "for i in $(seq 300); do {} >/dev/null 2>&1 && exit; sleep 1; done; {}"


class Result:
    """What a command did: its code and what it wrote."""

    def __init__(self, process):
        self.output, self.errors = process.stdout.read(), process.stderr.read()
        self.code = process.wait()

    def __repr__(self):
        return f"exit code {self.code}:\n{self.output}{self.errors}"


class Shell:
    """Runs commands in a sandbox; what fails unexpectedly fails the test with all that was said."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def run(self, *arguments, **options):
        """Runs a command, whatever becomes of it."""
        return Result(self.sandbox.exec(*arguments, **options))

    def __call__(self, *arguments, **options):
        """What a command wrote, which must end well."""
        result = self.run(*arguments, **options)
        assert result.code == 0, f"{' '.join(arguments)}: {result!r}"
        return result.output

    def until(self, command):
        """Waits for a command of the shell to succeed."""
        self("sh", "-c", WAIT.format(command, command))

    def context(self, path, dockerfile=BUSYBOX):
        """A directory to build an image from, with busybox beside the Dockerfile."""
        self.sandbox.filesystem.make_directory(path)
        self("cp", "/bin/busybox", f"{path}/busybox")
        self.sandbox.filesystem.write_text(dockerfile, f"{path}/Dockerfile")

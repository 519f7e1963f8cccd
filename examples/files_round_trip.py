"""Sends a folder into a sandbox, works on it there, and fetches what came of it.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import tarfile
import tempfile
from pathlib import Path

import modal

app = modal.App.lookup("examples", create_if_missing=True)
sb = modal.Sandbox.create(app=app, timeout=300)


def run(*command):
    process = sb.exec(*command)
    if process.wait() != 0:
        raise RuntimeError(f"{command} failed: {process.stderr.read()}")
    return process.stdout.read()


with tempfile.TemporaryDirectory() as here:
    here = Path(here)
    project = here / "project"
    project.mkdir()
    for name, text in [("one.txt", "to be\n"), ("two.txt", "or not to be\n")]:
        (project / name).write_text(text)
    with tarfile.open(here / "project.tar.gz", "w:gz") as archive:
        archive.add(project, "project")

    try:
        sb.filesystem.copy_from_local(here / "project.tar.gz", "/work/project.tar.gz")
        run("tar", "-C", "/work", "-xzf", "/work/project.tar.gz")
        for entry in sb.filesystem.list_files("/work/project"):
            print(f"{entry.name}  {entry.size} bytes  {entry.permissions}")
        run("sh", "-c", "cat /work/project/*.txt | tr ' ' '\\n' | sort | uniq -c > /work/words")
        sb.filesystem.copy_to_local("/work/words", here / "words")
        print((here / "words").read_text(), end="")
    finally:
        sb.terminate()

"""Images: what a definition may hold, how it is built, cached and refused."""

import time
import uuid

import pytest


@pytest.fixture
def output(create):
    """Runs a command in a sandbox of an image and returns what it printed."""

    def output(image, *command):
        sandbox = create(image=image)
        process = sandbox.exec(*command)
        assert process.wait() == 0, process.stderr.read()
        return process.stdout.read()

    return output


def unique():
    return uuid.uuid4().hex[:12]


def test_the_default_image_has_what_people_expect(sb):
    process = sb.exec("sh", "-c", "python -V; python3 -V; pip -V; gcc --version | head -n 1; uv --version")
    assert process.wait() == 0, process.stderr.read()
    lines = process.stdout.read().splitlines()
    assert lines[0].startswith("Python 3.11") and lines[1] == lines[0]
    assert lines[2].startswith("pip ") and lines[3].startswith("gcc ") and lines[4].startswith("uv ")


def test_run_commands(image, output):
    built = image.run_commands("echo built > /built", "cat /built /built > /twice")
    assert output(built, "cat", "/twice") == "built\nbuilt\n"


def test_env_workdir_and_run_see_each_other(image, output):
    built = image.env({"GREETING": "good day"}).workdir("/work").run_commands(
        'echo "$GREETING from $PWD" > note')
    assert output(built, "sh", "-c", 'echo "$PWD|$GREETING|$(cat note)"') == (
        "/work|good day|good day from /work\n")


def test_dockerfile_commands(image, output):
    built = image.dockerfile_commands(
        "ARG WHO=world", "ENV WHO=$WHO", 'LABEL a="b"', "EXPOSE 80",
        'SHELL ["/bin/bash", "-c"]', "RUN echo ${WHO^^} > /who",
        "RUN useradd --create-home worker", "USER worker", "RUN id -un > /home/worker/me",
    )
    assert output(built, "sh", "-c", "cat /who /home/worker/me; id -un") == "WORLD\nworker\nworker\n"


def test_entrypoint_and_cmd(image, create):
    built = image.dockerfile_commands('ENTRYPOINT ["echo", "entry"]', 'CMD ["default"]')
    plain, given = create(image=built), create("argument", image=built)
    plain.wait()
    given.wait()
    assert plain.stdout.read() == "entry default\n"
    assert given.stdout.read() == "entry argument\n"


def test_files_keep_owner_mode_and_capabilities(image, output):
    built = image.run_commands(
        "install -o daemon -g mail -m 4750 /bin/true /suid",
        "mknod /node c 1 3", "ln /suid /hard", "mkfifo /fifo")
    assert output(built, "stat", "-c", "%U %G %a %h %F", "/suid", "/node", "/fifo") == (
        "daemon mail 4750 2 regular file\n"
        "root root 644 1 character special file\n"
        "root root 644 1 fifo\n")


def test_pip_install(image, output):
    built = image.pip_install("six==1.17.0")
    assert output(built, "python", "-c", "import six; print(six.__version__)") == "1.17.0\n"


def test_the_second_time_is_cached(image, modal, app):
    marker = unique()

    def build():
        started = time.monotonic()
        image.run_commands(f"sleep 3; echo {marker} > /cached").build(app)
        return time.monotonic() - started

    first, second = build(), build()
    assert first > 3 > second


def test_the_output_is_streamed(image, modal, app, capfd):
    with modal.enable_output():
        image.run_commands(f"echo streamed-{unique()}").build(app)
    assert "streamed-" in capfd.readouterr().out


def test_a_failing_step_is_named(image, modal, app, capfd):
    with pytest.raises(modal.exception.ImageBuildError) as caught:
        image.run_commands("echo before", "echo the last words; exit 42").build(app)
    message = str(caught.value)
    assert "exit 42" in message and "42" in message and "the last words" in message


def test_a_failed_build_is_tried_again(image, modal, app):
    # A failure that was kept would be told at once; a step that runs again takes its time again.
    built = image.run_commands(f"echo {unique()}; sleep 3; false")
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(modal.exception.ImageBuildError):
            built.build(app)
        assert time.monotonic() - started > 3


@pytest.mark.parametrize("line, word", [
    ("FRBO x", "FRBO"), ("RUN", "RUN"), ('SHELL ["a"', "SHELL"), ("ENV", "ENV"),
])
def test_a_malformed_dockerfile_is_refused(image, modal, app, line, word):
    with pytest.raises(modal.exception.Error, match=word):
        image.dockerfile_commands(line).build(app)


@pytest.mark.parametrize("line, word", [
    ("ONBUILD RUN true", "ONBUILD"), ("RUN --network=none true", "network=none"),
])
def test_what_is_not_supported_yet_is_refused_by_name(image, modal, app, line, word):
    with pytest.raises(modal.exception.Error, match=word):
        image.dockerfile_commands(line).build(app)


def test_a_base_that_cannot_be_pulled(modal, app):
    with pytest.raises(modal.exception.Error, match="example.invalid/nothing"):
        modal.Image.from_registry("example.invalid/nothing:1").build(app)


def test_from_id(image, modal, app, create):
    built = image.run_commands("echo by-id > /by-id")
    built.build(app)
    sandbox = create(image=modal.Image.from_id(built.object_id))
    assert sandbox.filesystem.read_text("/by-id") == "by-id\n"


def test_two_sandboxes_of_one_image_do_not_share_files(image, create):
    first, second = create(image=image), create(image=image)
    first.filesystem.write_text("mine", "/tmp/mine")
    with pytest.raises(Exception, match="mine"):
        second.filesystem.read_text("/tmp/mine")


def test_the_standin_is_announced(server, app):
    """A base made from Debian packages is never passed off as the image that was asked for."""
    import subprocess
    import sys

    program = """
import modal
app = modal.App.lookup("sdk-tests", create_if_missing=True)
modal.Image.debian_slim(python_version="3.11").build(app)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "stands in" in result.stdout + result.stderr

"""The methods of `modal.Image` that build on an image."""

import os
import time
import uuid

import pytest


def unique():
    return uuid.uuid4().hex[:12]


@pytest.fixture
def output(create):
    """Runs a shell script in a sandbox of an image and returns what it printed."""

    def output(image, script):
        process = create(image=image).exec("sh", "-c", script)
        assert process.wait() == 0, process.stderr.read()
        return process.stdout.read()

    return output


def test_secrets_are_in_the_steps_and_not_in_the_image(image, modal, output):
    value = unique()
    built = image.run_commands(
        "echo -n $TOKEN | wc -c > /length; echo $PLAIN > /plain",
        secrets=[modal.Secret.from_dict({"TOKEN": value})], env={"PLAIN": "shown"})
    assert output(built, "cat /length /plain; echo ${TOKEN-unset} ${PLAIN-unset}") == (
        "12\nshown\nunset unset\n")
    assert output(built, f"grep -rl {value} /etc /root /tmp /var /usr/local/bin || true") == ""


def test_packages_of_debian(modal, output):
    built = modal.Image.from_registry("debian:bookworm-slim").apt_install("hello")
    assert output(built, "hello") == "Hello, world!\n"


def test_packages_of_python(image, tmp_path, output):
    requirements, project = tmp_path / "requirements.txt", tmp_path / "pyproject.toml"
    requirements.write_text("six==1.16.0\n")
    project.write_text('[project]\nname = "p"\nversion = "1"\ndependencies = ["toml==0.10.2"]\n')
    built = image.pip_install_from_requirements(str(requirements)).pip_install_from_pyproject(
        str(project))
    assert output(built, "python -c 'import six, toml; print(six.__version__, toml.__version__)'") == (
        "1.16.0 0.10.2\n")


def test_packages_by_uv_need_its_image(image, modal, app):
    """The SDK copies uv from an image of a registry; where that is out of reach the error names it."""
    with pytest.raises(modal.exception.Error, match="ghcr.io/astral-sh/uv:latest"):
        image.uv_pip_install("six").build(app)


def test_settings_of_processes(image, create):
    built = (
        image.env({"A": "b c'd"}).workdir("/new/place").entrypoint(["sh", "-c"]).cmd(
            ['echo "$A|$PWD|$0"']))
    sandbox = create(image=built)
    sandbox.wait()
    assert sandbox.stdout.read() == "b c'd|/new/place|sh\n"


def test_shell_runs_the_steps_after_it(image, output):
    built = image.shell(["/bin/bash", "-c"]).run_commands("echo ${BASH_VERSION:+bash} > /shell")
    assert output(built, "cat /shell") == "bash\n"


def test_local_files_are_copied(image, tmp_path, output):
    """Modes are kept, also of a file that is large enough to be uploaded on its own."""
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    tool, large = folder / "below" / "tool", tmp_path / "large"
    tool.write_text("#!/bin/sh\necho ran\n")
    tool.chmod(0o755)
    large.write_bytes(os.urandom(5 << 20))
    large.chmod(0o600)
    built = (
        image.add_local_dir(folder, "/opt/folder", copy=True)
        .add_local_file(large, "/tmp/large", copy=True)
        .run_commands("/opt/folder/below/tool > /ran; sha256sum < /tmp/large > /sum"))
    import hashlib

    digest = hashlib.sha256(large.read_bytes()).hexdigest()
    assert output(
        built, "cat /ran /sum; stat -c '%n %a %U' /opt/folder/below/tool /tmp/large /tmp") == (
        f"ran\n{digest}  -\n/opt/folder/below/tool 755 root\n/tmp/large 600 root\n/tmp 1777 root\n")


def test_force_build_and_ignore_cache(modal, output, monkeypatch):
    mark = unique()

    def when(**options):
        # A new object each time: the SDK remembers what it has built. Without the cache it builds all
        # steps anew, those of its base included, so the base has few.
        built = modal.Image.from_registry("debian:bookworm-slim").run_commands(
            f"echo {mark}; cat /proc/sys/kernel/random/uuid > /when", **options)
        return output(built, "cat /when")

    first = when()
    assert when() == first
    forced = when(force_build=True)
    assert forced != first and when() == forced
    with monkeypatch.context() as patch:
        patch.setenv("MODAL_IGNORE_CACHE", "1")
        own = [when(), when()]
    assert len({forced, *own}) == 3
    assert when() == forced


def test_a_second_build_is_quick(image, app):
    chain = image
    for step in range(5):
        chain = chain.run_commands(f"echo {step} > /quick-{step}")
    chain.build(app)
    again = image
    for step in range(5):
        again = again.run_commands(f"echo {step} > /quick-{step}")
    started = time.monotonic()
    again.build(app)
    assert time.monotonic() - started < 2

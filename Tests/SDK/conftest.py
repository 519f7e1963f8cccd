"""One server for the whole suite, driven by the real modal package."""

import os
import subprocess
import uuid
from pathlib import Path

import pytest
from generations import GENERATIONS, runs_with

ROOT = Path(__file__).resolve().parents[2]
SANDLOT = ROOT / ".build/release/sandlot"
HOME = Path(os.environ.get("SANDLOT_TEST_HOME", "/var/tmp/sandlot-test/home"))


def pytest_addoption(parser):
    parser.addoption(
        "--generation", choices=sorted(GENERATIONS), default="v2",
        help="the generation of the sandboxes that the SDK makes; see generations.py")
    parser.addoption(
        "--nightly", action="store_true", help="run the tests that take minutes each, and only those")


def pytest_collection_modifyitems(config, items):
    """Leaves to the other pass, and to the night, what belongs there alone."""
    name = config.getoption("generation")
    is_night = config.getoption("nightly")
    elsewhere = [
        item for item in items
        if not runs_with(item.nodeid.rpartition("/")[2], name)
        or is_night != (item.get_closest_marker("nightly") is not None)
    ]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


def pytest_collection_finish(session):
    """Makes what takes long before any test's time runs."""
    if any("workshop" in item.fixturenames for item in session.items):
        import workshop

        workshop.archive()


def sandlot(*arguments, home=HOME, check=True, timeout=900, env=None):
    """Runs the command on a data directory; returns the finished process."""
    command = [str(SANDLOT), *arguments, "--data-directory", str(home)]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, env={**os.environ, **(env or {})}
    )
    if check and result.returncode != 0:
        raise AssertionError(
            f"{' '.join(command)} exited with {result.returncode}:\n{result.stdout}{result.stderr}"
        )
    return result


def exported(home=HOME):
    """The variables that `sandlot env` prints."""
    lines = sandlot("env", home=home).stdout.splitlines()
    return dict(line.removeprefix("export ").split("=", 1) for line in lines)


@pytest.fixture(scope="session")
def generation(request):
    """The generation of the sandboxes that this pass of the suite makes."""
    return GENERATIONS[request.config.getoption("generation")]


@pytest.fixture(scope="session", autouse=True)
def server(generation):
    """A server on the test home; its variables are set for the SDK of this process."""
    # Port 0: a server of the developer's own may use the usual one.
    sandlot("up", "--detach", "--port", "0")
    variables = exported()
    os.environ.update(variables | generation.environment)
    os.environ["MODAL_CONFIG_PATH"] = "/nonexistent/modal.toml"
    yield variables
    sandlot("down")


@pytest.fixture(scope="session")
def modal(server):
    """The SDK, imported after its variables are set."""
    import modal

    return modal


@pytest.fixture(scope="session")
def app(modal):
    return modal.App.lookup("sdk-tests", create_if_missing=True)


@pytest.fixture(scope="session")
def image(modal):
    """The SDK's default image, as an explicit one."""
    return modal.Image.debian_slim(python_version="3.11")


@pytest.fixture
def create(modal, app):
    """Creates sandboxes and ends them after the test, also when it fails."""
    made = []

    def create(*arguments, **options):
        sandbox = modal.Sandbox.create(*arguments, app=app, **options)
        made.append(sandbox)
        return sandbox

    yield create
    for sandbox in made:
        sandbox.terminate()


@pytest.fixture(scope="session")
def sb(modal, app):
    """A sandbox that tests share; they leave it as they found it."""
    sandbox = modal.Sandbox.create(app=app, timeout=3600)
    yield sandbox
    sandbox.terminate()


@pytest.fixture
def folder(sb):
    """A directory of the shared sandbox, for one test."""
    path = f"/tmp/test-{uuid.uuid4().hex[:12]}"
    sb.filesystem.make_directory(path)
    yield path
    sb.filesystem.remove(path, recursive=True)


@pytest.fixture
def home():
    """A data directory for a server, which is not there yet."""
    from servers import empty_home

    with empty_home() as home:
        yield home


@pytest.fixture(scope="module")
def prepared():
    """One copy of the prepared data directory for the tests that use it one after another."""
    from servers import prepared_home

    with prepared_home() as home:
        yield home


@pytest.fixture(scope="session")
def workshop(modal, server):
    """The image with the tools of the tests of what is inside."""
    import workshop

    return modal.Image.from_registry(workshop.reference())


@pytest.fixture(scope="module")
def inside(modal, app, workshop):
    """Runs scripts in a sandbox with these tools, which the tests of one file share."""
    from inside import Inside

    sandbox = modal.Sandbox.create(app=app, image=workshop, timeout=3600, cpu=2, memory=1024)
    yield Inside(sandbox)
    sandbox.terminate()

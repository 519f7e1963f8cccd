"""`modal image …` as users type it."""

import json
import os
import subprocess
import sys
import uuid

import pytest


@pytest.fixture(scope="module")
def modal_image(server):
    """Runs the command; returns what it printed."""
    def run(*arguments, code=0):
        result = subprocess.run(
            [sys.executable, "-m", "modal", "image", *arguments], capture_output=True, text=True,
            timeout=120, env={**os.environ, "COLUMNS": "200", "TERM": "dumb"})
        output = result.stdout + result.stderr
        assert result.returncode == code, output
        return result.stdout if code == 0 else output
    return run


@pytest.fixture(scope="module")
def logged(image, app):
    """An image of two builds, whose output is known."""
    word = uuid.uuid4().hex[:8]
    first = image.run_commands(f"echo first-{word}")
    second = first.run_commands(f"echo second-{word}; echo error-{word} >&2")
    second.build(app)
    return word, second


def test_names_are_listed_and_deleted(modal_image, image, app):
    name = f"cli-{uuid.uuid4().hex[:8]}"
    image.build(app)
    image.publish(f"{name}:v1")
    assert f"{name}:v1" in modal_image("names", "list")
    [item] = json.loads(modal_image("names", "list", "--json", "--prefix", name))
    assert (item["tag"], item["image_id"]) == (f"{name}:v1", image.object_id)
    history = json.loads(modal_image("names", "history", f"{name}:v1", "--json"))
    assert [entry["image_id"] for entry in history] == [image.object_id]
    assert history[0]["published_by"] != "-"
    assert "Deleted" in modal_image("names", "delete", f"{name}:v1", "--yes")
    assert json.loads(modal_image("names", "list", "--json", "--prefix", name)) == []
    assert f"{name}:v1" in modal_image("names", "delete", f"{name}:v1", "--yes", code=1)
    assert "No publishing history" in modal_image("names", "history", f"{name}:v1", code=1)


def test_the_log_of_the_last_build_is_printed(modal_image, logged):
    word, image = logged
    output = modal_image("logs", image.object_id)
    assert f"\nsecond-{word}\n" in output and f"error-{word}" in output and "Step 2" in output
    assert f"first-{word}\n" not in output.replace(f"echo first-{word}", "")


def test_the_logs_of_all_builds_are_printed(modal_image, logged):
    word, image = logged
    for options in [("--all",), ("--layers", "2")]:
        output = modal_image("logs", image.object_id, *options)
        assert output.index(f"\nfirst-{word}\n") < output.index(f"\nsecond-{word}\n")


def test_the_log_of_a_failed_build_is_printed(modal_image, modal, image, app):
    word = uuid.uuid4().hex[:8]
    failing = image.run_commands(f"echo failing-{word}; exit 3")
    with pytest.raises(modal.exception.Error, match="exit code 3"):
        failing.build(app)
    entries = [entry.message for entry in failing.logs.tail()]
    assert f"failing-{word}\n" in "".join(entries)


def test_an_unknown_image_is_named(modal_image):
    assert "im-0000" in modal_image("logs", "im-0000", code=1)

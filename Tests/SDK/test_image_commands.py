"""`sandlot image …` on images that clients have built."""

import uuid

from commands import refused
from conftest import sandlot


def test_an_image_with_a_name_is_not_removed(image, app):
    word = uuid.uuid4().hex[:8]
    built = image.run_commands(f"echo {word}")
    built.build(app)
    built.publish(f"{word}:v1")
    later = image.run_commands(f"echo later-{word}")
    later.build(app)
    later.publish(f"{word}:v1")
    # The name means another image by now; its history still has this one.
    for kept in [built, later]:
        result = sandlot("image", "rm", kept.object_id, check=False)
        refused(result, kept.object_id, f"name main/{word}:v1", "modal image names delete")


def test_an_image_of_a_running_sandbox_is_not_removed(image, app, create):
    built = image.run_commands(f"echo {uuid.uuid4().hex}")
    sandbox = create(image=built)
    refused(sandlot("image", "rm", built.object_id, check=False), f"sandbox {sandbox.object_id}")
    sandbox.terminate()
    assert "removed 1 image, 1 cached steps and 1 layers" in sandlot("image", "rm", built.object_id).stdout
    refused(sandlot("image", "rm", built.object_id, check=False), built.object_id, "does not exist")

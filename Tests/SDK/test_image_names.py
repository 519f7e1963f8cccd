"""Names of images: publish, from_name, history, environments, removal."""

import uuid

import pytest
from grpclib.exceptions import GRPCError
from modal_proto import api_pb2
from wire import ask


@pytest.fixture
def name():
    return f"image-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def built(image, app):
    """Two images that are built; a configuration is enough to tell them apart."""
    pair = [image.env({"WHICH": which}) for which in ("one", "two")]
    for each in pair:
        each.build(app)
    return pair


@pytest.fixture(scope="module")
def from_name(modal, app):
    return lambda name, **options: modal.Image.from_name(name, **options).build(app)


def test_a_published_image_is_found_by_its_name(from_name, built, name, create):
    built[0].publish(name)
    found = from_name(name)
    assert found.object_id == built[0].object_id
    process = create(image=found).exec("printenv", "WHICH")
    assert process.stdout.read() == "one\n"


def test_tags_are_names_of_their_own(from_name, built, name):
    built[0].publish(name)
    built[1].publish(f"{name}:v2")
    assert from_name(f"{name}:latest").object_id == built[0].object_id
    assert from_name(f"{name}:v2").object_id == built[1].object_id


def test_a_name_moves_with_the_next_publication(from_name, built, name):
    for each in built:
        each.publish(name)
    assert from_name(name).object_id == built[1].object_id


def test_an_unknown_name_is_named(modal, from_name, name):
    with pytest.raises(modal.exception.NotFoundError, match=f"{name}:latest.*publish"):
        from_name(name)


def test_names_live_in_environments(modal, from_name, built, name):
    environment = f"names-{uuid.uuid4().hex[:8]}"
    modal.Environment.objects.create(environment)
    try:
        built[0].publish(name, environment_name=environment)
        assert from_name(name, environment_name=environment).object_id == built[0].object_id
        assert from_name(f"{environment}/{name}").object_id == built[0].object_id
        with pytest.raises(modal.exception.NotFoundError):
            from_name(name)
    finally:
        modal.Environment.objects.delete(environment)
    with pytest.raises(modal.exception.NotFoundError, match=environment):
        from_name(f"{environment}/{name}")


def refused(server, rpc, request, status, *texts):
    with pytest.raises(GRPCError) as caught:
        ask(server, rpc, request)
    assert caught.value.status.name == status
    for text in texts:
        assert text in caught.value.message


@pytest.mark.parametrize("bad", ["", "a b", "im-123", "/x", "a/b/c", "a:b:c", "a:"])
def test_what_is_no_name_is_refused(server, built, bad):
    request = api_pb2.ImagePublishRequest(image_id=built[0].object_id, tag=bad)
    refused(server, "ImagePublish", request, "INVALID_ARGUMENT", "name of an image")


def test_only_what_is_built_is_published(server, name):
    request = api_pb2.ImagePublishRequest(image_id="im-0", tag=name)
    refused(server, "ImagePublish", request, "NOT_FOUND", "im-0")


def test_the_public_option_is_refused(server, built, name):
    request = api_pb2.ImagePublishRequest(
        image_id=built[0].object_id, tag=name, allow_public=True)
    refused(server, "ImagePublish", request, "UNIMPLEMENTED", "public")


def test_lists_and_histories_have_pages(server, built, name):
    for number in range(5):
        built[number % 2].publish(f"{name}:v{number}")
        built[number % 2].publish(f"{name}:moving")

    def pages(rpc, request):
        items = []
        while True:
            answer = ask(server, rpc, request)
            items += answer.items
            if not answer.next_page_token:
                return items
            request.page_token = answer.next_page_token

    names = pages("ImageListTags", api_pb2.ImageListTagsRequest(tag_prefix=name, max_objects=2))
    assert [item.tag for item in names] == [f"{name}:moving"] + [f"{name}:v{n}" for n in range(5)]
    assert {item.image_id for item in names} == {each.object_id for each in built}
    history = pages("ImageTagRevisions", api_pb2.ImageTagRevisionsRequest(
        tag=f"{name}:moving", max_objects=2))
    assert [item.image_id for item in history] == [
        built[number % 2].object_id for number in reversed(range(5))]
    times = [item.created_at for item in history]
    assert times == sorted(times, reverse=True) and len({item.revision_id for item in history}) == 5


def test_an_image_in_use_is_not_deleted(server, image, app, name, create):
    kept = image.env({"NAME": name})
    kept.build(app)
    request = api_pb2.ImageDeleteRequest(image_id=kept.object_id)
    kept.publish(name)
    refused(server, "ImageDelete", request, "FAILED_PRECONDITION", f"main/{name}:latest")
    ask(server, "ImageNameDelete", api_pb2.ImageNameDeleteRequest(tag=f"{name}:latest"))
    sandbox = create(image=kept)
    refused(server, "ImageDelete", request, "FAILED_PRECONDITION", sandbox.object_id)
    sandbox.terminate()
    ask(server, "ImageDelete", request)
    refused(server, "ImageFromId", api_pb2.ImageFromIdRequest(image_id=kept.object_id),
            "NOT_FOUND", kept.object_id)
    refused(server, "ImageDelete", request, "NOT_FOUND", kept.object_id)
    kept = image.env({"NAME": name})
    kept.build(app)
    assert create(image=kept).exec("printenv", "NAME").stdout.read() == f"{name}\n"


def test_a_parent_is_not_deleted_before_its_children(server, image, app, name):
    parent = image.env({"PARENT": name})
    child = parent.env({"CHILD": name})
    child.build(app)
    request = api_pb2.ImageDeleteRequest(image_id=parent.object_id)
    refused(server, "ImageDelete", request, "FAILED_PRECONDITION", child.object_id)

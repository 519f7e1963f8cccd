"""Local files that are added to an image without being copied into it: sandboxes get them."""

import os
import textwrap

import pytest


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A directory of local files: modes, an empty file, subdirectories, a large file."""
    root = tmp_path_factory.mktemp("tree")
    (root / "sub/deep").mkdir(parents=True)
    (root / "run.sh").write_text("#!/bin/sh\necho ran\n")
    (root / "run.sh").chmod(0o755)
    (root / "secret").write_text("hidden")
    (root / "secret").chmod(0o600)
    (root / "empty").touch()
    (root / "sub/deep/größe \n$x").write_text("odd name")
    (root / "large").write_bytes(os.urandom(6 << 20))
    return root


@pytest.fixture(scope="module")
def delivered(modal, app, image, tree):
    """A sandbox with files: in a new directory, in one of the image's, in place of one of its files."""
    local = image.add_local_dir(tree, "/srv/tree").add_local_file(
        tree / "run.sh", "/usr/local/bin/run-it").add_local_file(
        tree / "secret", "/etc/issue").add_local_dir(tree / "sub", "/root").add_local_file(
        tree / "run.sh", "/opt/a/b/c")
    sandbox = modal.Sandbox.create(
        "sh", "-c", "cat /srv/tree/secret; echo; sleep 1000", app=app, image=local, timeout=600)
    yield sandbox
    sandbox.terminate()


def run(sandbox, script):
    process = sandbox.exec("sh", "-c", script)
    output, errors = process.stdout.read(), process.stderr.read()
    assert process.wait() == 0, output + errors
    return output


def test_the_entrypoint_finds_them(delivered):
    assert next(iter(delivered.stdout)) == "hidden\n"


def test_they_are_at_their_paths_with_their_modes(delivered):
    output = run(delivered, textwrap.dedent("""
        stat -c '%n %a %u:%g %s' /srv/tree/run.sh /srv/tree/secret /srv/tree/empty /srv/tree \
          /srv/tree/sub /usr/local/bin/run-it /opt/a/b /opt/a/b/c
        cat "/srv/tree/sub/deep/größe \n$(printf '$x')" /etc/issue
        run-it"""))
    assert output == textwrap.dedent("""\
        /srv/tree/run.sh 755 0:0 19
        /srv/tree/secret 600 0:0 6
        /srv/tree/empty 644 0:0 0
        """) + output[output.index("/srv/tree 755"):]
    assert "/usr/local/bin/run-it 755 0:0 19\n/opt/a/b 755" in output
    assert output.endswith("/opt/a/b/c 755 0:0 19\nodd namehiddenran\n")


def test_large_files_arrive(delivered, tree):
    import hashlib

    digest = hashlib.sha256((tree / "large").read_bytes()).hexdigest()
    assert run(delivered, "sha256sum < /srv/tree/large").split()[0] == digest


def test_what_the_image_has_beside_them_stays(delivered):
    assert run(delivered, "ls -A /root /usr/local/bin; cat /root/.profile").count("\n") > 5
    assert run(delivered, "ls /root/deep") != ""


def test_they_can_be_changed_and_removed(delivered):
    output = run(delivered, textwrap.dedent("""
        cd /srv/tree; echo more >> run.sh; rm empty; mkdir new; mv secret new/; chmod 700 sub
        tail -1 run.sh; ls new; test ! -e empty; stat -c %a sub
        echo x > /usr/local/bin/run-it; cat /usr/local/bin/run-it"""))
    assert output == "more\nsecret\n700\nx\n"


def test_the_next_sandbox_gets_them_unchanged(modal, app, image, tree):
    local = image.add_local_dir(tree, "/srv/tree")
    sandbox = modal.Sandbox.create(app=app, image=local)
    try:
        assert run(sandbox, "cat /srv/tree/run.sh; ls /srv/tree") == (
            "#!/bin/sh\necho ran\nempty\nlarge\nrun.sh\nsecret\nsub\n")
    finally:
        sandbox.terminate()


def test_the_later_of_two_with_one_path_wins(create, image, tmp_path):
    (tmp_path / "a").write_text("first")
    (tmp_path / "b").write_text("second")
    local = image.add_local_file(tmp_path / "a", "/data/x").add_local_file(
        tmp_path / "b", "/data/x").add_local_file(tmp_path / "a", "/data/y")
    assert run(create(image=local), "cat /data/x /data/y") == "secondfirst"


def test_python_source_can_be_imported(create, image, tmp_path, monkeypatch):
    package = tmp_path / "localthing"
    package.mkdir()
    (package / "__init__.py").write_text("value = 41 + 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    sandbox = create(image=image.add_local_python_source("localthing"))
    script = "cd /root && python3 -c 'import localthing; print(localthing.value)'"
    assert run(sandbox, script) == "42\n"


def test_a_file_on_a_directory_of_the_image_fails_with_its_path(server, create, image, tmp_path):
    from wire import result

    (tmp_path / "f").write_text("x")
    sandbox = create("true", image=image.add_local_file(tmp_path / "f", "/usr/share"))
    sandbox.wait(raise_on_termination=False)
    assert "/usr/share, which is a directory in the image" in result(
        server, sandbox.object_id).exception


def test_many_files_arrive(create, image, tmp_path):
    for number in range(2000):
        path = tmp_path / f"{number % 40}" / f"{number}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{number}")
    sandbox = create(image=image.add_local_dir(tmp_path, "/many"))
    assert run(sandbox, "find /many -type f | wc -l; cat /many/39/1999") == "2000\n1999"


def test_a_mount_that_is_gone_is_named(server, app, image):
    from modal_proto import api_pb2
    from wire import ask

    with pytest.raises(Exception, match="mo-0000"):
        ask(server, "SandboxCreateV2", api_pb2.SandboxCreateV2Request(
            app_id=app.app_id, definition=api_pb2.Sandbox(
                image_id=image.build(app).object_id, mount_ids=["mo-0000"], timeout_secs=60)))


def test_modes_survive_as_bits(create, image, tmp_path):
    path = tmp_path / "tool"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o4755)
    sandbox = create(image=image.add_local_file(path, "/opt/tool"))
    assert run(sandbox, "stat -c %a /opt/tool") == "4755\n"

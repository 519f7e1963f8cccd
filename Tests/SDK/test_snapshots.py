"""Filesystem snapshots of running sandboxes, which become images."""

import threading
import uuid

import pytest
from conftest import sandlot
from inside import output_of as run


@pytest.fixture
def start(create):
    def start(image, *arguments, **options):
        return create(*arguments, image=image, timeout=600, **options)

    return start


def test_a_new_sandbox_has_the_files(start, image):
    source = start(image)
    run(source, "mkdir /data; echo one > /data/file; ln /data/file /data/link; chown 12:34 /data/file;"
        "chmod 4751 /data/file; mknod /data/null c 1 3; mkfifo /data/pipe; rm /etc/motd; touch -d @12345 /data")
    snapshot = source.snapshot_filesystem()
    assert snapshot.object_id.startswith("im-")
    copy = start(snapshot)
    facts = "cat /data/link; stat -c '%n %u:%g %a %h %F' /data/*; stat -c %Y /data; ls /etc/motd 2>&1 || true"
    assert run(copy, facts) == run(source, facts)


def test_what_is_on_a_disk_in_a_file_is_in_it(start, image):
    mount = "mkdir -p /mnt/disk; mount -o loop /disk /mnt/disk"
    source = start(image)
    run(source, f"truncate -s 32M /disk; mkfs.ext4 -q /disk; {mount}; sync; echo inside > /mnt/disk/file")
    assert run(start(source.snapshot_filesystem()), f"{mount}; cat /mnt/disk/file") == "inside\n"


def test_both_go_on_by_themselves(start, image):
    source = start(image)
    run(source, "echo before > /file")
    snapshot = source.snapshot_filesystem()
    run(source, "echo later > /file; touch /only-here")
    copy = start(snapshot)
    assert run(copy, "cat /file; ls /only-here 2>/dev/null || echo none") == "before\nnone\n"
    run(copy, "echo other > /file")
    assert run(source, "cat /file") == "later\n"


def test_what_was_just_written_is_in_it(start, image):
    source = start(image)
    writer = source.exec("sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >> /log; done")
    run(source, "until [ -s /log ]; do :; done; head -c 20000000 /dev/urandom | tee /noise | sha256sum > /sum")
    copy = start(source.snapshot_filesystem())
    assert run(copy, "sha256sum < /noise") == run(copy, "cat /sum")
    # A file that is being written to is whole up to some line.
    lines = run(copy, "cat /log").splitlines()
    assert lines and lines[:-1] == [str(number + 1) for number in range(len(lines) - 1)]
    assert writer.poll() is None


def test_the_configuration_of_the_image_is_kept(start, image):
    configured = image.env({"COLOUR": "green"}).workdir("/var/tmp").dockerfile_commands('CMD ["sh", "-c", "echo $COLOUR $PWD"]')
    source = start(configured, "sleep", "1000", env={"SECRET": "of the sandbox"})
    copy = start(source.snapshot_filesystem())
    copy.wait()
    assert copy.stdout.read() == "green /var/tmp\n"
    assert "SECRET" not in run(start(source.snapshot_filesystem(), "sleep", "1000"), "env")


def test_identity_and_what_the_server_delivered_are_not_in_it(start, image, modal, tmp_path):
    (tmp_path / "local").write_text("from the client")
    source = start(image.add_local_file(tmp_path / "local", "/opt/local"))
    assert run(source, "cat /opt/local") == "from the client"
    facts = "hostname; cat /etc/machine-id /etc/resolv.conf /etc/hosts"
    copy = start(source.snapshot_filesystem())
    assert run(copy, "ls -A /opt /__modal | grep -c local || true") == "0\n"
    assert not set(run(copy, facts).split()) & set(run(source, "hostname; cat /etc/machine-id").split())


def test_chains_of_snapshots(start, image):
    current, links = start(image), 14
    for number in range(links):
        run(current, f"echo {number} > /link-{number}; rm -f /link-{number - 2}")
        snapshot = current.snapshot_filesystem()
        if number % 5 == 4:
            current = start(snapshot)
    last = start(snapshot)
    assert run(last, "cd /; echo link-*") == f"link-{links - 2} link-{links - 1}\n"
    assert run(last, f"cat /link-{links - 1}") == f"{links - 1}\n"


def test_several_at_once_of_one_sandbox(start, image):
    source, found = start(image), []
    run(source, "echo here > /file")
    threads = [threading.Thread(target=lambda: found.append(source.snapshot_filesystem())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({snapshot.object_id for snapshot in found}) == 4
    assert [run(start(snapshot, memory=512), "cat /file") for snapshot in found] == ["here\n"] * 4


def test_an_image_can_be_built_on_it(start, image, modal):
    source = start(image)
    run(source, "echo ground > /ground")
    snapshot = modal.Image.from_id(source.snapshot_filesystem().object_id)
    built = snapshot.run_commands("cp /ground /first-floor")
    assert run(start(built), "cat /first-floor") == "ground\n"


def test_the_same_file_system_is_sound(start, image):
    source = start(image)
    writer = source.exec("sh", "-c", "while :; do for i in $(seq 50); do echo $i > /var/tmp/$i; done; rm /var/tmp/*; done")
    copy = start(source.snapshot_filesystem())
    # The journal was empty: a frozen file system is as clean as one that was unmounted.
    assert "recover" not in run(copy, "dmesg | grep EXT4 || true")
    assert run(copy, "e2fsck -fn /dev/vda 2>&1 | grep -ci 'error' || true") == "0\n"
    assert writer.poll() is None


def test_a_time_to_live(start, image, modal):
    source = start(image)
    with pytest.raises(modal.exception.InvalidError):
        source.snapshot_filesystem(ttl=0)
    # A time that no date is after would be one that cannot be read again.
    with pytest.raises(modal.exception.InvalidError, match="1000000000000"):
        source.snapshot_filesystem(ttl=10**12)
    kept = source.snapshot_filesystem(ttl=None)
    fleeting = source.snapshot_filesystem(ttl=1)
    run(source, "sleep 1.5")
    with pytest.raises(modal.exception.NotFoundError, match="expired"):
        start(fleeting)
    assert run(start(kept), "echo there") == "there\n"


def test_a_name_keeps_it(start, image, modal, app):
    source = start(image)
    run(source, "echo named > /file")
    name = f"snapshot-{uuid.uuid4().hex[:8]}"
    source.snapshot_filesystem(ttl=1).publish(name)
    run(source, "sleep 1.5")
    assert run(start(modal.Image.from_name(name)), "cat /file") == "named\n"


def test_it_is_listed_and_removed(start, image):
    source = start(image)
    run(source, "head -c 10000000 /dev/urandom > /noise")
    snapshot = source.snapshot_filesystem()
    assert source.object_id in sandlot("image", "inspect", snapshot.object_id).stdout
    source.terminate(wait=True)
    assert "1 image" in sandlot("image", "rm", snapshot.object_id).stdout


def test_of_a_sandbox_that_has_ended_there_is_none(start, image, modal):
    source = start(image)
    source.terminate(wait=True)
    with pytest.raises(modal.exception.NotFoundError):
        source.snapshot_filesystem()

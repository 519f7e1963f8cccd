"""The filesystem API: every operation, and every error kind it can raise."""

import os
import threading

import pytest


def shell(sb, script):
    process = sb.exec("sh", "-c", script)
    assert process.wait() == 0, process.stderr.read()
    return process.stdout.read()


@pytest.fixture(scope="module")
def fs(sb):
    return sb.filesystem


@pytest.fixture
def immutable(sb, folder):
    """A directory that not even root may change."""
    path = f"{folder}/immutable"
    shell(sb, f"mkdir {path} && touch {path}/file && chattr +i {path} {path}/file")
    yield path
    shell(sb, f"chattr -i {path} {path}/file")


# write


def test_write_and_read_text(fs, folder):
    fs.write_text("grüße\n", f"{folder}/a.txt")
    assert fs.read_text(f"{folder}/a.txt") == "grüße\n"


def test_write_and_read_bytes(fs, folder):
    data = bytes(range(256)) * 1000
    fs.write_bytes(data, f"{folder}/a.bin")
    assert fs.read_bytes(f"{folder}/a.bin") == data


def test_write_nothing(fs, folder):
    fs.write_bytes(b"", f"{folder}/empty")
    assert fs.stat(f"{folder}/empty").size == 0
    assert fs.read_bytes(f"{folder}/empty") == b""


def test_write_replaces_what_was_there(fs, folder):
    fs.write_text("a long first version", f"{folder}/a")
    fs.write_text("short", f"{folder}/a")
    assert fs.read_text(f"{folder}/a") == "short"


def test_write_makes_missing_parents(fs, folder):
    fs.write_text("x", f"{folder}/one/two/three/file")
    assert fs.read_text(f"{folder}/one/two/three/file") == "x"


def test_write_keeps_the_mode(fs, sb, folder):
    fs.write_text("#!/bin/sh\necho 1\n", f"{folder}/run")
    shell(sb, f"chmod 755 {folder}/run")
    fs.write_text("#!/bin/sh\necho 2\n", f"{folder}/run")
    assert fs.stat(f"{folder}/run").permissions == "0755"
    assert shell(sb, f"{folder}/run") == "2\n"


def test_write_through_a_symlink(fs, sb, folder):
    shell(sb, f"touch {folder}/target && ln -s target {folder}/link")
    fs.write_text("x", f"{folder}/link")
    assert fs.read_text(f"{folder}/target") == "x"
    assert fs.stat(f"{folder}/link").is_symlink()


def test_fifty_megabytes(fs, folder):
    data = os.urandom(1 << 20) * 50
    fs.write_bytes(data, f"{folder}/big")
    assert fs.read_bytes(f"{folder}/big") == data


def test_copy_from_and_to_local(fs, folder, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(3_000_000))
    fs.copy_from_local(source, f"{folder}/copy")
    fs.copy_to_local(f"{folder}/copy", target)
    assert target.read_bytes() == source.read_bytes()


def test_write_to_a_directory(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemIsADirectoryError):
        fs.write_text("x", folder)


def test_write_below_a_file(fs, folder, modal):
    fs.write_text("x", f"{folder}/file")
    with pytest.raises(modal.exception.SandboxFilesystemNotADirectoryError):
        fs.write_text("x", f"{folder}/file/below")


def test_write_where_it_is_not_allowed(fs, immutable, modal):
    with pytest.raises(modal.exception.SandboxFilesystemPermissionError):
        fs.write_text("x", f"{immutable}/new")


def test_write_to_a_full_disk_says_so(fs, sb, folder, modal):
    shell(sb, f"mkdir {folder}/full && mount -t tmpfs -o size=1m none {folder}/full")
    try:
        with pytest.raises(modal.exception.SandboxFilesystemError, match="[Nn]o space"):
            fs.write_bytes(b"x" * (4 << 20), f"{folder}/full/file")
    finally:
        shell(sb, f"umount {folder}/full")
    fs.write_text("x", f"{folder}/after")


def test_a_relative_path_is_refused(fs, modal):
    with pytest.raises(modal.exception.InvalidError):
        fs.write_text("x", "relative")


def test_names_with_odd_characters(fs, folder):
    name = "a b'c\"d\\e\nf\té🙂"
    fs.write_text("x", f"{folder}/{name}")
    assert [entry.name for entry in fs.list_files(folder)] == [name]
    assert fs.read_text(f"{folder}/{name}") == "x"


# read


def test_read_what_is_missing(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        fs.read_text(f"{folder}/nothing")


def test_read_a_directory(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemIsADirectoryError):
        fs.read_text(folder)


def test_read_a_file_that_is_too_large(fs, sb, folder, modal):
    shell(sb, f"truncate -s 6G {folder}/huge")
    with pytest.raises(modal.exception.SandboxFilesystemFileTooLargeError):
        fs.read_bytes(f"{folder}/huge")


def test_read_where_it_is_not_allowed(fs, sb, modal):
    # /proc/kmsg and the like answer EPERM or EACCES to no one but root; a write-only file of sysfs
    # has no read method and refuses root as well.
    path = shell(sb, "find /proc/sys /sys -type f -perm 0200 2>/dev/null | head -n 1").strip()
    assert path
    with pytest.raises(modal.exception.SandboxFilesystemError):
        fs.read_bytes(path)


def test_read_a_file_of_proc(fs):
    assert fs.read_text("/proc/sys/kernel/ostype") == "Linux\n"


# list


def test_list_files_is_sorted_and_complete(fs, sb, folder):
    shell(sb, f"cd {folder} && mkdir dir && echo hello > b && ln -s b link && touch a .hidden dir/x")
    entries = fs.list_files(folder)
    assert [entry.name for entry in entries] == [".hidden", "a", "b", "dir", "link"]
    by_name = {entry.name: entry for entry in entries}
    assert by_name["b"].is_file() and by_name["b"].size == 6
    assert by_name["b"].path == f"{folder}/b"
    assert by_name["dir"].is_dir()
    assert by_name["link"].is_symlink() and by_name["link"].symlink_target == "b"


def test_list_an_empty_directory(fs, folder):
    assert fs.list_files(folder) == []


def test_list_through_a_symlink(fs, sb, folder):
    shell(sb, f"cd {folder} && mkdir dir && touch dir/x && ln -s dir link")
    assert [entry.name for entry in fs.list_files(f"{folder}/link")] == ["x"]


def test_list_thousands(fs, sb, folder):
    shell(sb, f"cd {folder} && seq 1 5000 | xargs touch")
    assert len(fs.list_files(folder)) == 5000


def test_list_what_is_missing(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        fs.list_files(f"{folder}/nothing")


def test_list_a_file(fs, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotADirectoryError):
        fs.list_files("/etc/passwd")


# stat


def test_stat_a_file(fs, sb, folder):
    shell(sb, f"cd {folder} && echo hi > f && chown daemon:mail f && chmod 4751 f && touch -d @1700000000.5 f")
    entry = fs.stat(f"{folder}/f")
    assert (entry.name, entry.path, entry.size) == ("f", f"{folder}/f", 3)
    assert entry.permissions == "4751"
    assert entry.mode == 0o104751
    assert (entry.owner, entry.group) == ("daemon", "mail")
    assert entry.modified_time == 1700000000.5


def test_stat_an_owner_without_a_name(fs, sb, folder):
    shell(sb, f"touch {folder}/f && chown 54321:54322 {folder}/f")
    entry = fs.stat(f"{folder}/f")
    assert (entry.owner, entry.group) == ("54321", "54322")


def test_stat_does_not_follow_links(fs, sb, folder):
    shell(sb, f"ln -s /nowhere {folder}/dangling")
    entry = fs.stat(f"{folder}/dangling")
    assert entry.is_symlink() and entry.symlink_target == "/nowhere"


def test_stat_the_root(fs):
    assert fs.stat("/").is_dir()


def test_stat_what_is_missing(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        fs.stat(f"{folder}/nothing")


def test_stat_below_a_file(fs, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotADirectoryError):
        fs.stat("/etc/passwd/below")


# make_directory


def test_make_directory_with_parents(fs, folder):
    fs.make_directory(f"{folder}/a/b/c")
    assert fs.stat(f"{folder}/a/b/c").is_dir()
    fs.make_directory(f"{folder}/a/b/c")  # again is fine


def test_make_directory_without_parents(fs, folder, modal):
    fs.make_directory(f"{folder}/a", create_parents=False)
    with pytest.raises(modal.exception.SandboxFilesystemPathAlreadyExistsError):
        fs.make_directory(f"{folder}/a", create_parents=False)
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        fs.make_directory(f"{folder}/x/y", create_parents=False)


def test_make_directory_where_a_file_is(fs, folder, modal):
    fs.write_text("x", f"{folder}/file")
    with pytest.raises(modal.exception.SandboxFilesystemPathAlreadyExistsError):
        fs.make_directory(f"{folder}/file")


def test_make_directory_below_a_file(fs, folder, modal):
    fs.write_text("x", f"{folder}/file")
    with pytest.raises(modal.exception.SandboxFilesystemNotADirectoryError):
        fs.make_directory(f"{folder}/file/below")


def test_make_directory_where_it_is_not_allowed(fs, immutable, modal):
    with pytest.raises(modal.exception.SandboxFilesystemPermissionError):
        fs.make_directory(f"{immutable}/new")


# remove


def test_remove_a_file(fs, folder, modal):
    fs.write_text("x", f"{folder}/file")
    fs.remove(f"{folder}/file")
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        fs.stat(f"{folder}/file")


def test_remove_an_empty_directory(fs, folder):
    fs.make_directory(f"{folder}/dir")
    fs.remove(f"{folder}/dir")
    assert fs.list_files(folder) == []


def test_remove_a_full_directory(fs, folder, modal):
    fs.write_text("x", f"{folder}/dir/file")
    with pytest.raises(modal.exception.SandboxFilesystemDirectoryNotEmptyError):
        fs.remove(f"{folder}/dir")
    fs.remove(f"{folder}/dir", recursive=True)
    assert fs.list_files(folder) == []


def test_remove_does_not_follow_links(fs, sb, folder):
    shell(sb, f"cd {folder} && mkdir -p keep dir && touch keep/x && ln -s ../keep dir/link")
    fs.remove(f"{folder}/dir", recursive=True)
    assert [entry.name for entry in fs.list_files(folder)] == ["keep"]
    assert [entry.name for entry in fs.list_files(f"{folder}/keep")] == ["x"]


def test_remove_what_is_missing(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        fs.remove(f"{folder}/nothing")


def test_remove_where_it_is_not_allowed(fs, immutable, modal):
    with pytest.raises(modal.exception.SandboxFilesystemPermissionError):
        fs.remove(f"{immutable}/file")


# watch


def watched(fs, path, change, count, **options):
    """Events of a watch during which `change` runs; it is repeated until one arrives."""
    events, stop = [], threading.Event()

    def keep_changing():
        number = 0
        while not stop.wait(1.0):
            change(number)
            number += 1

    changer = threading.Thread(target=keep_changing)
    changer.start()
    try:
        for event in fs.watch(path, timeout=60, **options):
            events.append(event)
            if len(events) >= count:
                break
    finally:
        stop.set()
        changer.join()
    return events


def test_watch_sees_creation_and_change(fs, folder, modal):
    events = watched(fs, folder, lambda n: fs.write_text("x", f"{folder}/f{n}"), 2)
    assert all(path.startswith(folder) for event in events for path in event.paths)
    assert events[0].type.value == "Create"


def test_watch_with_a_filter(fs, folder, modal):
    from modal.types import FileWatchEventType

    def change(n):
        fs.write_text("x", f"{folder}/f{n}")
        fs.remove(f"{folder}/f{n}")

    events = watched(fs, folder, change, 1, filter=[FileWatchEventType.Remove])
    assert {event.type for event in events} == {FileWatchEventType.Remove}


def test_watch_below_directories(fs, folder, modal):
    fs.make_directory(f"{folder}/deep/er")
    change = lambda n: fs.write_text("x", f"{folder}/deep/er/f{n}")  # noqa: E731
    events = watched(fs, folder, change, 1, recursive=True)
    assert events[0].paths[0].startswith(f"{folder}/deep/er/f")


def test_watch_ends_at_its_timeout(fs, folder):
    assert list(fs.watch(folder, timeout=1)) == []


def test_watch_what_is_missing(fs, folder, modal):
    with pytest.raises(modal.exception.SandboxFilesystemNotFoundError):
        list(fs.watch(f"{folder}/nothing", timeout=5))


# the end


def test_a_sandbox_that_has_ended_is_unavailable(create, modal):
    sandbox = create()
    sandbox.filesystem.write_text("x", "/tmp/x")
    sandbox.terminate()
    sandbox.wait(raise_on_termination=False)
    with pytest.raises(modal.exception.NotFoundError):
        sandbox.filesystem.read_text("/tmp/x")

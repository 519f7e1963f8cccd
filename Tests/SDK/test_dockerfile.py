"""Dockerfiles as a user has them on disk: stages, arguments, files of the context."""

import io
import subprocess
import tarfile
import uuid

import pytest

BASE = "debian:bookworm-slim"


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


@pytest.fixture
def dockerfile(modal, tmp_path):
    """An image of a Dockerfile whose context is a directory with these files."""

    def dockerfile(text, files={}, **options):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (tmp_path / "Dockerfile").write_text(text)
        return modal.Image.from_dockerfile(
            tmp_path / "Dockerfile", context_dir=tmp_path, **options)

    return dockerfile


def test_stages_arguments_and_owners(dockerfile, output):
    built = dockerfile(
        f"""# syntax=docker/dockerfile:1
ARG VARIANT=bookworm
FROM debian:${{VARIANT}}-slim AS build
ARG WHO=nobody
RUN mkdir -p /out/bin && \\
    # a comment among continuation lines
    echo "for $WHO" > /out/bin/tool && chmod 4755 /out/bin/tool

RUN useradd -u 1234 maker && chown maker /out/bin/tool && chmod u+s /out/bin/tool

FROM debian:bookworm-slim AS unused
RUN exit 1

FROM {BASE}
RUN useradd -u 4321 app
WORKDIR /srv
COPY --from=build /out /kept
COPY --from=0 --chown=app:mail --chmod=640 /out/bin/tool given/tool
""",
        build_args={"WHO": "everyone"})
    assert output(
        built, "cat /kept/bin/tool; stat -c '%n %u %G %a' /kept/bin /kept/bin/tool /srv/given/tool"
    ) == (
        "for everyone\n/kept/bin 0 root 755\n/kept/bin/tool 1234 root 4755\n"
        "/srv/given/tool 4321 mail 640\n")


def test_files_of_the_context(dockerfile, output):
    """Patterns and here-documents choose among what the client sends."""
    built = dockerfile(
        f"""FROM {BASE}
ENV NAME=value
COPY . /all/
COPY src/*.py [docs]*/read.md /chosen/
COPY src /some
COPY <<one <<'two' /here/
$NAME
one
$NAME
two
""",
        {
            "a.log": "no", "secret/key": "no", "src/a.py": "a",
            "src/b.py": "b", "src/c.txt": "c", "src/deep/x.py": "x", "docs/read.md": "read",
        },
        ignore=["*.log", "secret", "Dockerfile", ".dockerignore"])
    listing = output(built, "cd /; find all chosen some here -type f | LC_ALL=C sort; cat here/*")
    assert listing.split("\n") == [
        "all/docs/read.md", "all/src/a.py", "all/src/b.py",
        "all/src/c.txt", "all/src/deep/x.py", "chosen/a.py", "chosen/b.py", "chosen/read.md",
        "here/one", "here/two", "some/a.py", "some/b.py", "some/c.txt", "some/deep/x.py",
        "value", "$NAME", "",
    ]


def test_what_dockerignore_names_is_not_sent(dockerfile, output):
    built = dockerfile(
        f"FROM {BASE}\nCOPY . /all/\n",
        {".dockerignore": "*.log\nsecret\n!kept.log\n", "a.log": "", "kept.log": "", "secret/key": ""})
    listing = output(built, "cd /all; find . -type f")
    assert "./kept.log" in listing and "a.log" not in listing and "secret" not in listing


def test_archives_are_unpacked_by_add_alone(dockerfile, output):
    """The SDK sends what COPY names; ADD finds it there."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, kind, mode in (("d", tarfile.DIRTYPE, 0o1770), ("d/f", tarfile.REGTYPE, 0o4751)):
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.uid, member.size = kind, mode, 7, 4 * (kind == b"0")
            archive.addfile(member, io.BytesIO(b"text"))
    built = dockerfile(
        f"FROM {BASE}\nADD a.tar.gz plain.gz /x/\nCOPY a.tar.gz plain.gz /y/\nADD a.tar.gz /z\n",
        {"a.tar.gz": packed.getvalue(), "plain.gz": "no archive"})
    assert output(
        built, "cd /x; find . | LC_ALL=C sort; stat -c '%u %a' d d/f /z/d/f; test -f /y/a.tar.gz; cat plain.gz"
    ) == ".\n./d\n./d/f\n./plain.gz\n7 1770\n7 4751\n7 4751\nno archive"


def tar(*members, mode="w"):
    """An archive of members: a name and its content, or the kind and the target of a link."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, content, *kind in members:
            member = tarfile.TarInfo(name)
            if kind:
                member.type, member.linkname = kind[0], content
            else:
                member.size = len(content)
            archive.addfile(member, None if kind else io.BytesIO(content.encode()))
    return packed.getvalue()


def test_archives_may_be_compressed_in_any_way(dockerfile, output):
    files = {f"a.{kind or 'tar'}": tar((f"in-{kind}", kind), mode=f"w:{kind}")
             for kind in ("", "gz", "bz2", "xz")}
    files["a.zst"] = subprocess.run(
        ["zstd"], input=tar(("in-zst", "zst")), stdout=subprocess.PIPE, check=True).stdout
    files["a.v7"] = tar(("in-v7", "v7"))[:257].ljust(512, b"\0") + b"v7".ljust(10240, b"\0")
    # A header without the mark of a later format has another checksum.
    total = sum(files["a.v7"][:148] + files["a.v7"][156:512]) + 8 * ord(" ")
    files["a.v7"] = files["a.v7"][:148] + b"%06o\0 " % total + files["a.v7"][156:]
    built = dockerfile(f"FROM {BASE}\nADD {' '.join(files)} /x/\nCOPY . /sent/\n", files)
    assert output(built, "cd /x; for f in *; do echo $f $(cat $f); done") == (
        "in-\nin-bz2 bz2\nin-gz gz\nin-v7 v7\nin-xz xz\nin-zst zst\n")


def test_no_path_of_an_archive_leads_out(dockerfile, output, tmp_path):
    """Neither on the server, which packs it, nor in the image."""
    canary = tmp_path / "canary"
    canary.mkdir()
    archive = tar(
        (f"../../../../../../{canary}/up", "up"), (f"{canary}/absolute", "absolute"),
        ("link", str(canary), tarfile.SYMTYPE), ("f", "f"), ("hard", "f", tarfile.LNKTYPE))
    built = dockerfile(f"FROM {BASE}\nADD a.tar /x/y/\nCOPY a.tar /sent\n", {"a.tar": archive})
    assert output(
        built, f"cat /x/y{canary}/*; readlink /x/y/link; stat -c %h /x/y/hard; ls -d {canary} /x/* 2>&1; true"
    ) == f"absoluteup{canary}\n2\nls: cannot access '{canary}': No such file or directory\n/x/y\n"
    assert list(canary.iterdir()) == []


@pytest.mark.parametrize("members, problem", [
    ([("hard", "/etc/passwd", tarfile.LNKTYPE), ("f", "f")], "hard link"),
    ([("d", "/tmp", tarfile.SYMTYPE), ("d/f", "f")], "d/f"),
])
def test_archives_that_lead_out_are_refused(dockerfile, modal, app, members, problem):
    with pytest.raises(modal.exception.ImageBuildError, match=f"a.tar.*{problem}"):
        dockerfile(
            f"FROM {BASE}\nADD a.tar /x/\nCOPY a.tar /sent\n", {"a.tar": tar(*members)}).build(app)


def test_addresses_are_fetched_and_checked(dockerfile, modal, app, output):
    """By the build's machine, which reaches what sandboxes reach."""
    address = "http://deb.debian.org/debian/dists/bookworm/Release"
    built = dockerfile(f"FROM {BASE}\nADD {address} /release/\nADD --chmod=640 {address} /named\n")
    assert output(
        built, "grep -m 1 Codename /release/Release; stat -c '%a %U' /release/Release /named"
    ) == "Codename: bookworm\n600 root\n640 root\n"
    wrong = f"sha256:{'0' * 64}"
    with pytest.raises(modal.exception.ImageBuildError, match=f"{address} has another checksum: sha256:"):
        dockerfile(f"FROM {BASE}\nADD --checksum={wrong} {address} /f\n").build(app)


def test_an_address_that_cannot_be_reached_is_named(dockerfile, modal, app):
    with pytest.raises(modal.exception.ImageBuildError, match="http://10.255.255.1:1/f cannot be") as caught:
        dockerfile(f"FROM {BASE}\nADD http://10.255.255.1:1/f /f\n").build(app)
    assert "Traceback" not in str(caught.value)


def test_copies_from_an_image(dockerfile, app, image, output):
    """By its name, and by the id of one that was built here."""
    own = image.run_commands("echo own > /own")
    own.build(app)
    built = dockerfile(
        f"FROM {BASE}\nCOPY --from=python:3.11-slim-bookworm /usr/bin/python3 /copied\n"
        f"COPY --from={own.object_id} /own /own\n")
    assert output(built, "test -s /copied; echo $?; cat /own") == "0\nown\n"


def test_links_of_a_stage_cannot_lead_out(dockerfile, modal, app, output):
    built = dockerfile(
        f"""FROM {BASE} AS hostile
RUN mkdir -p /a/etc && echo inner > /a/inner && ln -s /a/inner /absolute && \\
    ln -s ../../../../../../a/inner /relative && ln -s / /a/root && printf x > "/a/$(printf '\\377\\n')"
FROM {BASE}
RUN ln -s /../../inside /out && mkdir /inside
COPY --from=hostile /absolute /relative /copied/
COPY --from=hostile /a /out/
""")
    assert output(
        built, "cat /copied/*; readlink /inside/root; ls /inside | wc -l; cat /inside/inner") == (
        "inner\ninner\n/\n4\ninner\n")
    with pytest.raises(modal.exception.ImageBuildError, match="symbolic link"):
        dockerfile(
            f"FROM {BASE} AS a\nRUN ln -s /loop /loop\nFROM {BASE}\nCOPY --from=a /loop /x\n"
        ).build(app)


def test_a_copy_of_unchanged_files_is_cached(dockerfile, app, output):
    """The key of a copy has the files that it takes, not the others of the context."""
    text = f"FROM {BASE}\nCOPY used /used\nRUN cat /proc/sys/kernel/random/uuid > /when\n"
    mark = unique()

    def when(used, other):
        return output(dockerfile(text, {"used": used, "other": other}), "cat /when")

    first = when(mark, "1")
    assert when(mark, "2") == first
    assert when(mark + "!", "2") != first


@pytest.mark.parametrize("lines, problem", [
    ("COPY missing /x", "missing"), ("COPY --from=later /a /b\nFROM scratch AS later", "later"),
    ("ADD git@github.com:a/b.git /c", "Git"), ("COPY a b /c", "slash"),
    ("RUN --mount=type=cache,target=/c true", "type=cache"), ("ONBUILD RUN true", "ONBUILD"),
])
def test_what_cannot_be_built_is_named(dockerfile, modal, app, lines, problem):
    with pytest.raises(modal.exception.Error, match=problem):
        dockerfile(f"FROM {BASE}\n{lines}\n", {"a": "a", "b": "b"}).build(app)


def test_what_only_the_configuration_keeps_is_warned_of(dockerfile, modal, app, output, capfd):
    with modal.enable_output():
        built = dockerfile(
            f"FROM {BASE}\nVOLUME /data\nSTOPSIGNAL SIGINT\nHEALTHCHECK CMD true\n"
            f"MAINTAINER me\nRUN mkdir /data && echo {unique()} > /data/f\n")
        built.build(app)
    told = capfd.readouterr().out
    assert "VOLUME" in told and "STOPSIGNAL" in told and "HEALTHCHECK" in told
    assert output(built, "wc -l < /data/f") == "1\n"

"""Runs Docker in a sandbox: its daemon is the entrypoint, an image is built there and a container run.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import modal

DOCKERFILE = """
FROM scratch
COPY busybox /bin/busybox
CMD ["/bin/busybox", "echo", "hello from a container in a sandbox"]
"""

app = modal.App.lookup("examples", create_if_missing=True)
image = (
    modal.Image.from_registry("debian:bookworm-slim")
    .env({"DEBIAN_FRONTEND": "noninteractive"})
    .apt_install(["docker.io", "ca-certificates", "busybox-static"])
    .run_commands("mkdir /build", "cp /bin/busybox /build")
)
with modal.enable_output():
    # Ubuntu has it in /usr/bin.
    sb = modal.Sandbox.create(
        "/usr/sbin/dockerd", "-D", app=app, image=image, cpu=2, memory=2048, timeout=3600)


def run(*command):
    process = sb.exec(*command)
    output = process.stdout.read()
    if process.wait() != 0:
        raise SystemExit(f"{command} failed: {output}{process.stderr.read()}")
    return output


try:
    run("sh", "-c", "until test -S /var/run/docker.sock; do sleep 0.1; done")
    sb.filesystem.write_text(DOCKERFILE, "/build/Dockerfile")
    run("docker", "build", "-t", "hello", "/build")
    print(run("docker", "run", "--rm", "hello"), end="")
finally:
    sb.terminate()

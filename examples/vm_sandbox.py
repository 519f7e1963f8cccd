"""Runs a VM sandbox on a Sandlot server: formats a file as ext4 and mounts it as a loop device.

Start a server and set the three MODAL_ variables first: eval "$(sandlot env)".
"""

import modal

sb_app = modal.App.lookup("vm-sandbox-example", create_if_missing=True)

with modal.enable_output():
    sb = modal.Sandbox.create(
        app=sb_app,
        cpu=2,  # physical cores
        memory=4096,  # MiB
        experimental_options={"vm_runtime": True},
    )

# add a script that uses VM Sandbox features
sb.filesystem.write_text(
    """
    # Format an ext4 filesystem onto a regular file.
    truncate -s 100M /tmp/disk.img
    mkfs.ext4 -F /tmp/disk.img

    # Mount it. This works in a VM, but isn't supported in gVisor.
    mkdir -p /mnt/loop
    mount -o loop /tmp/disk.img /mnt/loop
    """,
    "/tmp/mount_loopback_filesystem.sh",
)

p = sb.exec("bash", "/tmp/mount_loopback_filesystem.sh")
p.wait()

print(p.stdout.read())
print(p.stderr.read())
assert p.returncode == 0  # error if the program in the Sandbox fails

sb.terminate()

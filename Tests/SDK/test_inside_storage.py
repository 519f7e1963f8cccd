"""File systems, block devices and memory that a program sets up inside, as on an ordinary host."""

import pytest

# How each file system's own tool says that nothing is wrong.
CHECKS = {"ext4": "e2fsck -fn", "xfs": "xfs_repair -n", "btrfs": "btrfs check"}


@pytest.mark.parametrize("kind", CHECKS)
def test_file_systems_in_a_file_are_mounted_by_loop(inside, kind):
    """Made, filled, unmounted, found whole by their own check, and mounted again with what was written."""
    written, read, device, left = inside.words("""
        truncate -s 320M disk && mkfs.$1 -q disk >&2 && mkdir place
        mount -o loop disk place
        [ "$(findmnt -no FSTYPE place)" = "$1" ]
        dd if=/dev/urandom of=place/data bs=1M count=8 status=none
        mkdir -p place/a/b && ln place/data place/a/b/hard && setfattr -n user.note -v kept place/data
        md5sum < place/data | cut -d' ' -f1
        umount place && $2 disk >&2
        mount -o loop disk place
        [ "$(stat -c %h place/data)" = 2 ]
        [ "$(getfattr --only-values -n user.note place/data 2>/dev/null)" = kept ]
        md5sum < place/a/b/hard | cut -d' ' -f1
        findmnt -no SOURCE place
        umount place && losetup --list --noheadings | wc -l
        """, kind, CHECKS[kind])
    assert written == read and device.startswith("/dev/loop")
    assert left == "0"


def test_btrfs_has_subvolumes_and_snapshots(inside):
    assert inside.words("""
        truncate -s 320M disk && mkfs.btrfs -q disk >&2 && mkdir place
        mount -o loop,compress=zstd disk place
        btrfs subvolume create place/volume >&2
        echo before > place/volume/file
        btrfs subvolume snapshot -r place/volume place/snapshot >&2
        echo after > place/volume/file
        cat place/volume/file place/snapshot/file
        touch place/snapshot/more 2>/dev/null || echo read-only
        umount place
        """) == ["after", "before", "read-only"]


def test_partitions_of_a_disk_are_seen(inside):
    """A partition table in a file: the kernel makes a device for each partition, and /dev shows it."""
    assert inside.words("""
        truncate -s 64M disk && printf 'label: gpt\\nsize=16M\\nsize=32M\\n' | sfdisk --quiet disk
        device=$(losetup --find --show --partscan disk)
        mkfs.ext4 -q ${device}p2 && mkdir place && mount ${device}p2 place && echo here > place/file
        blockdev --getsize64 ${device}p1 ${device}p2
        blkid --match-tag TYPE --output value ${device}p2
        cat place/file && umount place && losetup --detach $device
        """) == ["16777216", "33554432", "ext4", "here"]


def test_device_mapper_maps_encrypts_and_snapshots(inside):
    """What is written by way of a mapping is where its table says: shifted, encrypted, or in a snapshot.

    No udev runs here, which would make the nodes in `/dev/mapper`; dmsetup is told to make them itself.
    """
    shifted, hidden, clear, origin, snapshot, left = inside.words("""
        export DM_DISABLE_UDEV=1
        truncate -s 8M disk cow && loop=$(losetup --find --show disk) && cow=$(losetup --find --show cow)
        dmsetup create shifted --table "0 1024 linear $loop 2048"
        printf shifted | dd of=/dev/mapper/shifted conv=notrunc,fsync status=none
        dd if=disk bs=512 skip=2048 count=1 status=none | head -c 7; echo

        key=$(printf %064d 7)
        dmsetup create secret --table "0 1024 crypt aes-xts-plain64 $key 0 $loop 4096"
        printf secret | dd of=/dev/mapper/secret conv=notrunc,fsync status=none
        dd if=disk bs=512 skip=4096 count=1 status=none | grep -c secret || true
        head -c 6 /dev/mapper/secret; echo

        dmsetup create saved --table "0 1024 snapshot /dev/mapper/shifted $cow N 8"
        printf changed | dd of=/dev/mapper/saved conv=notrunc,fsync status=none
        head -c 7 /dev/mapper/shifted; echo
        head -c 7 /dev/mapper/saved; echo

        dmsetup remove saved && dmsetup remove shifted && dmsetup remove secret
        losetup --detach $loop && losetup --detach $cow
        ls /dev/mapper | grep -cv control || true
        """)
    assert shifted == "shifted"
    assert (hidden, clear) == ("0", "secret")
    assert (origin, snapshot) == ("shifted", "changed")
    assert left == "0"


def test_overlays_lie_on_the_root(inside):
    """All four directories of an overlay are on the root file system, as Docker's and Podman's are."""
    kind, merged, lower, whiteout, opaque = inside.words("""
        mkdir -p lower/directory upper work merged
        echo lower > lower/changed; echo lower > lower/removed; echo lower > lower/directory/old
        mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged
        findmnt -no FSTYPE --target lower
        echo merged > merged/changed; rm merged/removed
        rm -r merged/directory; mkdir merged/directory; touch merged/directory/new
        cat merged/changed; cat lower/changed
        stat -c %F,%t:%T upper/removed | tr ' ' -
        getfattr --only-values -n trusted.overlay.opaque upper/directory 2>/dev/null; echo
        [ "$(ls merged | xargs)/$(ls merged/directory)" = "changed directory/new" ]
        umount merged
        """)
    assert (kind, merged, lower) == ("ext4", "merged", "lower")
    assert (whiteout, opaque) == ("character-special-file,0:0", "y")


def test_anybody_mounts_by_fuse(inside):
    """A file system of a program of an ordinary user, mounted without root by fusermount3."""
    kind, owner, merged, lower, left = inside.words("""
        useradd --create-home fuser
        su fuser -s /bin/bash -c '
            set -e; cd; mkdir -p lower upper work merged; echo lower > lower/file
            fuse-overlayfs -o lowerdir=lower,upperdir=upper,workdir=work merged
            echo merged >> merged/file
            findmnt -no FSTYPE merged
            findmnt -no OPTIONS merged | grep -o user_id=[0-9]*
            cat merged/file | tail -n 1; cat lower/file
            fusermount3 -u merged; ls -A merged | wc -l'
        userdel -r fuser 2>/dev/null
        """)
    assert (kind, owner) == ("fuse.fuse-overlayfs", "user_id=1000")
    assert (merged, lower, left) == ("merged", "lower", "0")


def test_memory_is_swapped_to_a_file(inside):
    """A process that may have 16 MiB keeps 48: most of it goes to the swap file and comes back whole."""
    program = inside.add("swapped.py")
    swapped, read, off = inside.words("""
        group=/sys/fs/cgroup/swapping; trap 'rmdir $group' EXIT
        dd if=/dev/zero of=/swapfile bs=1M count=80 status=none && chmod 600 /swapfile
        mkswap /swapfile >&2 && swapon /swapfile
        [ "$(swapon --show=NAME,TYPE --noheadings | xargs)" = "/swapfile file" ]
        mkdir $group && echo 16M > $group/memory.max
        (echo $BASHPID > $group/cgroup.procs && exec python3 $1 $group/memory.swap.current)
        swapoff /swapfile && rm /swapfile && swapon --show --noheadings | wc -l
        """, program)
    assert int(swapped) >= 24 << 20
    assert (read, off) == ("whole", "0")


def test_huge_pages_are_reserved_and_used(inside):
    """Reserved by sysctl, mapped both by MAP_HUGETLB and from the file system at /dev/hugepages."""
    program = inside.add("hugepages.py")
    before, reserved, mapped, filed, after = inside.words("""
        count() { grep -oP "^HugePages_$1: *\\K[0-9]+" /proc/meminfo; }
        count Total
        sysctl -q vm.nr_hugepages=8; count Total
        python3 $1
        sysctl -q vm.nr_hugepages=0; count Total
        """, program)
    assert (before, reserved, after) == ("0", "8", "0")
    assert (mapped, filed) == ("5", "6")

"""Prints how many huge pages are free while three are mapped, and while two of a file are."""

import mmap
import os

PAGE = 2 << 20
MAP_HUGETLB = 0x40000


def free():
    with open("/proc/meminfo") as file:
        return next(line.split()[1] for line in file if line.startswith("HugePages_Free"))


def use(memory, pages):
    for page in range(pages):
        memory[page * PAGE] = page + 1
    print(free())
    memory.close()


use(mmap.mmap(-1, 3 * PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_HUGETLB), 3)

path = "/dev/hugepages/file"
with open(path, "w+b") as file:
    os.ftruncate(file.fileno(), 2 * PAGE)
    use(mmap.mmap(file.fileno(), 2 * PAGE), 2)
os.remove(path)

"""Writes 48 MiB, prints how much of it is in swap by the file that is named, and reads it again."""

import sys

SIZE, PAGE = 48 << 20, 4096

memory = bytearray(SIZE)
for number, start in enumerate(range(0, SIZE, PAGE)):
    memory[start:start + 8] = number.to_bytes(8, "big")
with open(sys.argv[1]) as file:
    print(file.read())
whole = all(
    int.from_bytes(memory[start:start + 8], "big") == number
    for number, start in enumerate(range(0, SIZE, PAGE)))
print("whole" if whole else "broken")

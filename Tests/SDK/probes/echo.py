"""The far end of a tun or tap device `echo0`: answers four echo requests to 10.9.0.2, as that host."""

import fcntl
import os
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
HARDWARE = bytes.fromhex("02000000000a")
HOST = bytes([10, 9, 0, 2])


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def arp_reply(frame):
    """Says where the host is, or None where a frame does not ask."""
    if frame[12:14] != b"\x08\x06" or frame[20:22] != b"\x00\x01" or frame[38:42] != HOST:
        return None
    sender = frame[22:32]
    return sender[:6] + HARDWARE + frame[12:20] + b"\x00\x02" + HARDWARE + HOST + sender


def echo_reply(packet):
    """The answer to an echo request, or None where a packet is none."""
    if packet[0] != 0x45 or packet[9] != 1 or packet[20] != 8:
        return None
    body = b"\x00\x00\x00\x00" + packet[24:]
    body += b"\x00" * (len(body) % 2)
    answer = b"\x00\x00" + struct.pack("!H", checksum(body)) + body[4:]
    return packet[:12] + packet[16:20] + packet[12:16] + answer[: len(packet) - 20]


is_tap = sys.argv[1] == "tap"
device = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"echo0", (IFF_TAP if is_tap else IFF_TUN) | IFF_NO_PI))
print("ready", flush=True)
answered = 0
while answered < 4:
    data = os.read(device, 2048)
    header, packet = (data[:14], data[14:]) if is_tap else (b"", data)
    if is_tap and (reply := arp_reply(data)):
        os.write(device, reply)
    elif not is_tap or header[12:14] == b"\x08\x00":
        if reply := echo_reply(packet):
            os.write(device, header[6:12] + HARDWARE + header[12:14] + reply if is_tap else reply)
            answered += 1
print(answered)

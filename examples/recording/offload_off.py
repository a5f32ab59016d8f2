"""Turns checksum and segmentation offload of an interface off, `offload_off.py INTERFACE`; what `ethtool -K` does.

Between two namespaces a checksum is never needed, so with offload on the kernel leaves it unfinished and hands over
segments larger than the MTU; a capture would hold wrong checksums and frames that no wire ever carried.
"""

import ctypes
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946  # linux/sockios.h
# linux/ethtool.h
SETTERS = {"rx checksum": 0x15, "tx checksum": 0x17, "tso": 0x1F, "gso": 0x24, "gro": 0x2C}


def main() -> None:
    interface = sys.argv[1].encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in SETTERS.values():
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            fcntl.ioctl(control, SIOCETHTOOL, struct.pack("16sP", interface, ctypes.addressof(value)))


main()

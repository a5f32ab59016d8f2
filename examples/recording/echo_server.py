"""Sends every datagram back, in fragments when it is too big for one packet: `echo_server.py ADDRESS` (RFC 862)."""

import socket
import sys

IP_MTU_DISCOVER, IP_PMTUDISC_DONT = 10, 0  # linux/in.h


def main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
        server.bind((sys.argv[1], 7))
        while True:
            datagram, client = server.recvfrom(65535)
            server.sendto(datagram, client)


main()

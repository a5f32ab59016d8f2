"""Clients that do what curl cannot be asked to.

clients.py reset|reuse|keepalive|pause|dns|echo|unserved|ping SOURCE:PORT ADDRESS [NAME ...]

Those of TCP and DNS speak IPv6 to an IPv6 address.
"""

import errno
import http.client
import socket
import ssl
import struct
import sys
import time

TIMEOUT_SECONDS = 5
PAUSE_SECONDS = 0.2
# linux/in.h
IP_MTU_DISCOVER, IP_MTU, IP_PMTUDISC_DONT, IP_PMTUDISC_DO = 10, 14, 0, 2
IP_AND_UDP_HEADER = 28


def connect(source: tuple[str, int], address: str, port: int, receive_buffer: int | None = None) -> socket.socket:
    client = socket.socket(family_of(address), socket.SOCK_STREAM)
    client.settimeout(TIMEOUT_SECONDS)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if receive_buffer is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.bind(source)
    client.connect((address, port))
    return client


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def request(name: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode()


def reset(source: tuple[str, int], address: str, name: str) -> None:
    """Aborts a download: a zero linger time makes close() send RST."""
    client = connect(source, address, 80, receive_buffer=8192)
    client.sendall(request(name, "/96k.bin"))
    client.recv(4096)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def reuse(source: tuple[str, int], address: str, name: str) -> None:
    """Two connections from one port. The server closes first, so the client's port is free at once."""
    for _ in range(2):
        with connect(source, address, 80) as client:
            client.sendall(request(name, "/1k.bin"))
            while client.recv(65536):
                pass
        time.sleep(PAUSE_SECONDS)


def keepalive(source: tuple[str, int], address: str, name: str, authority: str) -> None:
    """Three requests over one TLS connection, with pauses between them."""
    context = ssl.create_default_context(cafile=authority)
    connection = http.client.HTTPSConnection(name, timeout=TIMEOUT_SECONDS, context=context)
    connection.sock = context.wrap_socket(connect(source, address, 443), server_hostname=name)
    for path in ("/1k.bin", "/4k.bin", "/1k.bin"):
        connection.request("GET", path)
        connection.getresponse().read()
        time.sleep(PAUSE_SECONDS)
    connection.close()


def pause(source: tuple[str, int], address: str, name: str, authority: str, seconds: str) -> None:
    """Two requests over one TLS connection that says nothing for a long time in between."""
    context = ssl.create_default_context(cafile=authority)
    connection = http.client.HTTPSConnection(name, timeout=TIMEOUT_SECONDS, context=context)
    connection.sock = context.wrap_socket(connect(source, address, 443), server_hostname=name)
    for wait in (float(seconds), 0):
        connection.request("GET", "/1k.bin")
        connection.getresponse().read()
        time.sleep(wait)
    connection.close()


def dns(source: tuple[str, int], address: str, *names: str) -> None:
    """Asks for the A record of each name, all from one port."""
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as client:
        client.settimeout(TIMEOUT_SECONDS)
        client.bind(source)
        for identifier, name in enumerate(names, start=1):
            labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
            query = struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)
            client.sendto(query, (address, 53))
            client.recv(512)


def echo(source: tuple[str, int], address: str, size: str, may_fragment: str) -> None:
    """Sends a datagram that comes back, `whole` or in `fragments`; one that is too big for the path is sent again as big as it may be."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PAUSE_SECONDS)
        client.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO if may_fragment == "whole" else IP_PMTUDISC_DONT)
        client.bind(source)
        client.connect((address, 7))
        datagram = bytes(index & 0xFF for index in range(int(size)))
        while True:
            try:
                client.send(datagram)
                client.recv(65535)
                return
            except OSError as error:
                if error.errno != errno.EMSGSIZE:
                    raise
                datagram = datagram[: client.getsockopt(socket.IPPROTO_IP, IP_MTU) - IP_AND_UDP_HEADER]


def unserved(source: tuple[str, int], address: str) -> None:
    """A port where nothing listens, by TCP (answered with RST) and by UDP (answered with ICMP port unreachable)."""
    try:
        connect(source, address, 8443).close()
    except ConnectionRefusedError:
        pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(TIMEOUT_SECONDS)
        client.bind(source)
        client.connect((address, 9999))
        client.send(b"is anyone there?")
        try:
            client.recv(512)
        except ConnectionRefusedError:
            pass


def ping(source: tuple[str, int], address: str) -> None:
    """Two ICMP echo requests (RFC 792), each answered before the next."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as client:
        client.settimeout(TIMEOUT_SECONDS)
        client.bind((source[0], 0))
        for sequence in (1, 2):
            client.sendto(echo_request(sequence), (address, 0))
            client.recv(512)
            time.sleep(PAUSE_SECONDS)


def echo_request(sequence: int) -> bytes:
    identifier, payload = 0x4C50, bytes(range(48))
    words = struct.unpack("!4H24H", struct.pack("!BBHHH", 8, 0, 0, identifier, sequence) + payload)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!BBHHH", 8, 0, ~total & 0xFFFF, identifier, sequence) + payload


def main() -> None:
    kind, source, address, *rest = sys.argv[1:]
    host, port = source.rsplit(":", 1)
    kinds = {
        "reset": reset,
        "reuse": reuse,
        "keepalive": keepalive,
        "pause": pause,
        "dns": dns,
        "echo": echo,
        "unserved": unserved,
        "ping": ping,
    }
    kinds[kind]((host, int(port)), address, *rest)


main()

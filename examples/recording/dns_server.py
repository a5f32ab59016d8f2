"""A small DNS server: answers A questions from its arguments, `dns_server.py ADDRESS name=address ...`, RFC 1035."""

import signal
import socket
import struct
import sys

HEADER = struct.Struct("!HHHHHH")  # identifier, flags, questions, answers, authorities, additional records
RESPONSE, RECURSION_AVAILABLE, NAME_ERROR = 0x8000, 0x0080, 3
TYPE_A, CLASS_IN, TIME_TO_LIVE_SECONDS = 1, 1, 60
POINTER_TO_QUESTION = 0xC000 | HEADER.size


def answer(query: bytes, records: dict[str, str]) -> bytes:
    identifier, flags, *_ = HEADER.unpack_from(query)
    labels, position = [], HEADER.size
    while query[position]:
        end = position + 1 + query[position]
        labels.append(query[position + 1 : end].decode())
        position = end
    question = query[HEADER.size : position + 5]
    address = records.get(".".join(labels).lower())
    flags |= RESPONSE | RECURSION_AVAILABLE
    if address is None:
        return HEADER.pack(identifier, flags | NAME_ERROR, 1, 0, 0, 0) + question
    record = struct.pack("!HHHIH", POINTER_TO_QUESTION, TYPE_A, CLASS_IN, TIME_TO_LIVE_SECONDS, 4)
    return HEADER.pack(identifier, flags, 1, 1, 0, 0) + question + record + socket.inet_aton(address)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listen, *pairs = sys.argv[1:]
    records = dict(pair.split("=") for pair in pairs)
    with socket.socket(socket.AF_INET6 if ":" in listen else socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((listen, 53))
        while True:
            query, client = server.recvfrom(512)
            server.sendto(answer(query, records), client)


main()

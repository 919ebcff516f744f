"""A check's conversation as a capture file (pcapng), for Wireshark and tshark.

The packets are made from what the grader has sent and received: addresses, ports and sequence
numbers are made up, the bytes and the way they were cut into segments are real. With the dissector
beside it (grader/wireshark/chat.lua) each message is shown as length field, command and payload.

Source: the pcapng format, draft-ietf-opsawg-pcapng; RFC 791 and RFC 9293 for the headers.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field

from grader import exercise
from grader.conversation import Segment
from grader.result import Result

LINKTYPE_RAW = 101  # packets begin with the IP header
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
LARGEST = 65000  # bytes of payload in one packet; IPv4 has room for few more
SERVER = "192.0.2.1"  # RFC 5737: addresses for documentation
FIRST_CLIENT_PORT = 50000
SCRIPTED_SERVER = "(server)"  # in a conversation with this one, the program is the client


def render(result: Result, clock_offset: float = 0.0) -> bytes:
    """Return the capture of one check. `clock_offset` (seconds) makes its clock that of the day."""
    wire = _Wire(clock_offset)
    for segment in result.segments:
        wire.carry(segment)
    title = f"{result.check.name}: {result.check.title} ({result.outcome.value})"
    return b"".join([_section_header(title), _interface(), _names(wire.names), *wire.packets])


@dataclass
class _Side:
    address: str
    port: int
    sequence: int


@dataclass
class _Connection:
    client: _Side
    server: _Side


@dataclass
class _Wire:
    """Makes packets of segments; knows the sequence numbers of every connection."""

    clock_offset: float
    packets: list[bytes] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=lambda: {SERVER: "server"})
    connections: dict[str, _Connection] = field(default_factory=dict)
    seconds: float = 0.0

    def carry(self, segment: Segment) -> None:
        self.seconds = segment.seconds + self.clock_offset
        program_is_client = segment.who == SCRIPTED_SERVER
        if segment.flag == "SYN" or segment.who not in self.connections:
            self._open(segment.who)
        connection = self.connections[segment.who]
        from_client = segment.from_program == program_is_client
        source, target = connection.client, connection.server
        if not from_client:
            source, target = target, source
        if segment.flag == "FIN":
            self._send(source, target, FIN | ACK)
            self._send(target, source, ACK)
        elif segment.flag == "RST":
            self._send(source, target, RST | ACK)
        for begin in range(0, len(segment.data), LARGEST):
            self._send(source, target, PSH | ACK, segment.data[begin : begin + LARGEST])

    def _open(self, who: str) -> None:
        number = len(self.names) if who not in self.connections else len(self.packets)
        known = self.connections.get(who)
        if known:  # the same client once more, from another port
            address, port = known.client.address, known.client.port + 1000
        else:
            host = 9 + number
            address = f"192.0.{2 + host // 250}.{host % 250 + 1}"
            port = FIRST_CLIENT_PORT + number
            self.names[address] = "client" if who == SCRIPTED_SERVER else who.strip("()")
        client = _Side(address, port % 65536, 1000 * number)
        server = _Side(SERVER, exercise.PORT, 1000 * number + 500)
        self.connections[who] = _Connection(client, server)
        self._send(client, server, SYN)
        self._send(server, client, SYN | ACK)
        self._send(client, server, ACK)

    def _send(self, source: _Side, target: _Side, flags: int, data: bytes = b"") -> None:
        packet = _packet(source, target, flags, data)
        source.sequence += len(data) + bool(flags & (SYN | FIN))
        self.packets.append(_enhanced_packet(packet, self.seconds))


# Packets


def _packet(source: _Side, target: _Side, flags: int, data: bytes) -> bytes:
    addresses = socket.inet_aton(source.address) + socket.inet_aton(target.address)
    acknowledged = target.sequence if flags & ACK else 0
    ports = struct.pack("!HH", source.port, target.port)
    numbers = struct.pack("!II", source.sequence, acknowledged)

    def tcp(checksum: int) -> bytes:
        rest = struct.pack("!BBHHH", 5 << 4, flags, 65535, checksum, 0)
        return ports + numbers + rest + data

    segment = tcp(0)
    pseudo_header = addresses + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(segment))
    segment = tcp(_checksum(pseudo_header + segment))

    def ip(checksum: int) -> bytes:
        start = struct.pack("!BBHHH", 0x45, 0, 20 + len(segment), 0, 0x4000)
        return start + struct.pack("!BBH", 64, socket.IPPROTO_TCP, checksum) + addresses

    return ip(_checksum(ip(0))) + segment


def _checksum(data: bytes) -> int:
    """Return the Internet checksum, RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


# Blocks


def _block(kind: int, body: bytes) -> bytes:
    body = _padded(body)
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _section_header(comment: str) -> bytes:
    text = comment.encode()
    options = struct.pack("<HH", 1, len(text)) + _padded(text) + bytes(4)
    return _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options)


def _interface() -> bytes:
    return _block(1, struct.pack("<HHI", LINKTYPE_RAW, 0, 0))


def _names(names: dict[str, str]) -> bytes:
    """Return the block that lets Wireshark show `alice` in place of an address."""
    records = b""
    for address, name in names.items():
        value = socket.inet_aton(address) + name.encode("ascii", "replace") + b"\0"
        records += struct.pack("<HH", 1, len(value)) + _padded(value)
    return _block(4, records + bytes(4))


def _enhanced_packet(packet: bytes, seconds: float) -> bytes:
    moment = int(seconds * 1_000_000)
    high, low = moment >> 32 & 0xFFFFFFFF, moment & 0xFFFFFFFF
    head = struct.pack("<IIIII", 0, high, low, len(packet), len(packet))
    return _block(6, head + packet)

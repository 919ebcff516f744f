"""Stage protocol: the functions of chat_protocol.py, called one by one."""

from __future__ import annotations

from grader.declaration import check
from grader.harness.protocol import Protocol


@check(points=1, hint="see")
def message_is_framed(protocol: Protocol) -> None:
    """create_msg puts the length field before the payload."""
    protocol.returns("create_msg", "HELLO", value=b"0005HELLO")
    protocol.opens_stream()
    protocol.get_msg_returns(b"00", b"05HEL", b"LO", value="HELLO")
    protocol.buffer_yields(b"00", None, b"05HELLO0000", "HELLO", "", None)

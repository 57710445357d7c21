"""Messages over a pipe: four bytes of length, then the message. A message is a dict in JSON, with one value beside it."""

import json
import os
import struct

MAX_FRAME = 60_000_000


class Closed(Exception):
    """The other side has gone, or what it sends is no message."""


def send(fd, message, data=b""):
    text = json.dumps(message).encode()
    payload = struct.pack("<II", len(text) + len(data) + 4, len(text)) + text + data
    view = memoryview(payload)
    while view:
        view = view[os.write(fd, view) :]


def receive(fd, read=os.read):
    """→ (message, data). Raises Closed."""
    (length,) = struct.unpack("<I", exactly(fd, 4, read))
    if not 4 <= length <= MAX_FRAME:
        raise Closed("a message of impossible length")
    payload = exactly(fd, length, read)
    (text_length,) = struct.unpack_from("<I", payload)
    try:
        message = json.loads(payload[4 : 4 + text_length])
    except ValueError:
        raise Closed("a message that is not JSON") from None
    if not isinstance(message, dict):
        raise Closed("a message that is not an object")
    return message, payload[4 + text_length :]


def exactly(fd, n, read):
    parts = []
    while n:
        part = read(fd, min(n, 1 << 20))
        if not part:
            raise Closed("the other side has gone")
        parts.append(part)
        n -= len(part)
    return b"".join(parts)

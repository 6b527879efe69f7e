"""Tokens from their pieces, so that each piece can be wrong on its own."""

import base64
import json
from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Case(NamedTuple):
    """A token, and the class that it stands for."""

    kind: str
    token: str


Cases = Iterator[Case]

# Members of a JSON object: name to JSON text, which need not be valid; none: without that member.
Members = dict[str, str | None]


class Signing(Protocol):
    """Whoever can sign."""

    def sign(self, data: bytes) -> bytes: ...


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text(value: object) -> str:
    """A value as compact JSON."""
    return json.dumps(value, separators=(",", ":"))


def object_of(members: Members) -> str:
    return "{" + ",".join(f"{text(name)}:{value}" for name, value in members.items() if value is not None) + "}"


def signed(signer: Signing, header: str | bytes, payload: str | bytes) -> str:
    """A token of this header and payload, whatever they are."""
    return sealed(signer, part(header), part(payload))


def sealed(signer: Signing, header: str, payload: str) -> str:
    """A token of these two parts as they stand, whatever their encoding."""
    head = f"{header}.{payload}"
    return f"{head}.{base64url(signer.sign(head.encode()))}"


def part(content: str | bytes) -> str:
    return base64url(content if isinstance(content, bytes) else content.encode())

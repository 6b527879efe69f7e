"""Signatures that are not what the key makes of the text, and a few that are, in another form."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .encoding import Case, Cases, base64url, part, unbase64url
from .keys import Signer
from .signing import CURVES, HASHES, ORDERS, ecdsa, hash_of, joined, pss
from .tokens import World, header


def cases(world: World, signer: Signer) -> Cases:
    head = f"{part(header(signer))}.{part(world.payload(signer))}"
    data = head.encode()
    good = signer.sign(data)
    kinds = damaged(world, good)
    match signer.key:
        case rsa.RSAPrivateKey():
            kinds |= rsa_forms(signer, signer.key, data, good)
        case ec.EllipticCurvePrivateKey():
            kinds |= ecdsa_forms(signer, signer.key, data)
        case ed25519.Ed25519PrivateKey():
            kinds |= ed25519_forms(good)
        case _:
            kinds |= {"hmac-half": good[: len(good) // 2]}
    for kind, signature in kinds.items():
        yield Case(kind, f"{head}.{base64url(signature)}")
    # Valid signatures, each of another text.
    for other in (world.payload(signer, sub='"root"'), world.payload(signer, aud='"other"')):
        foreign = signer.sign(f"{part(header(signer))}.{part(other)}".encode())
        yield Case("signature-of-another-token", f"{head}.{base64url(foreign)}")
    for partial in (*head.split("."), f"{header(signer)}.{world.payload(signer)}"):
        yield Case("signature-of-a-part", f"{head}.{base64url(signer.sign(partial.encode()))}")
    yield from flipped(world, signer)


def flipped(world: World, signer: Signer) -> Cases:
    """One bit of what a part means is another."""
    parts = world.good(signer).split(".")
    for index, name in enumerate(("header", "payload", "signature")):
        for _ in range(5):
            content = bytearray(unbase64url(parts[index]))
            content[world.rng.randrange(len(content))] ^= 1 << world.rng.randrange(8)
            changed = [*parts[:index], base64url(bytes(content)), *parts[index + 1 :]]
            yield Case(f"flipped-bit-in-{name}", ".".join(changed))


def damaged(world: World, good: bytes) -> dict[str, bytes]:
    return {
        "signature-empty": b"",
        "signature-one-byte": good[:1],
        "signature-shorter": good[:-1],
        "signature-longer": good + b"\0",
        "signature-zeros": bytes(len(good)),
        "signature-ones": b"\xff" * len(good),
        "signature-random": world.rng.randbytes(len(good)),
        "signature-reversed": good[::-1],
        "signature-twice": good + good,
    }


def rsa_forms(signer: Signer, key: rsa.RSAPrivateKey, data: bytes, good: bytes) -> dict[str, bytes]:
    number, modulus = int.from_bytes(good, "big"), key.public_key().public_numbers().n
    digest = hash_of(signer.alg)
    forms = {
        "rsa-leading-zero": b"\0" + good,
        "rsa-plus-modulus": (number + modulus).to_bytes(257, "big"),
    }
    if signer.alg.startswith("PS"):
        return forms | {
            "pss-salt-empty": pss(signer.alg, key, data, 0),
            "pss-salt-longer": pss(signer.alg, key, data, digest.digest_size + 1),
            "pss-salt-longest": pss(signer.alg, key, data, 256 - digest.digest_size - 2),
            "pss-other-padding": key.sign(data, padding.PKCS1v15(), digest),
            "pss-other-mgf-hash": key.sign(
                data, padding.PSS(padding.MGF1(other_hash(signer)), digest.digest_size), digest
            ),
        }
    return forms | {
        "pkcs1-other-padding": pss(signer.alg, key, data, digest.digest_size),
        "pkcs1-other-hash": key.sign(data, padding.PKCS1v15(), other_hash(signer)),
        "pkcs1-without-null": without_null(key, digest.name, data),
    }


def other_hash(signer: Signer) -> hashes.HashAlgorithm:
    return HASHES["512" if signer.alg.endswith("256") else "256"]


def without_null(key: rsa.RSAPrivateKey, name: str, data: bytes) -> bytes:
    """PKCS#1 v1.5 whose DigestInfo leaves out the NULL parameters, which RFC 8017 section 9.2 asks for."""
    digest = hashlib.new(name, data).digest()
    # The object identifiers 2.16.840.1.101.3.4.2.x of SHA-2.
    oid = bytes.fromhex("0609608648016503040200")[:-1] + bytes([{"sha256": 1, "sha384": 2, "sha512": 3}[name]])
    inner = bytes([0x30, len(oid)]) + oid + bytes([0x04, len(digest)]) + digest
    info = bytes([0x30, len(inner)]) + inner
    block = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    return pow(int.from_bytes(block, "big"), numbers.d, modulus).to_bytes(256, "big")


def ecdsa_forms(signer: Signer, key: ec.EllipticCurvePrivateKey, data: bytes) -> dict[str, bytes]:
    order, size = ORDERS[signer.alg], (CURVES[signer.alg].key_size + 7) // 8
    r, s = ecdsa(signer.alg, key, data)
    low, high = min(s, order - s), max(s, order - s)

    def form(r: int, s: int) -> bytes:
        return joined(signer.alg, r, s)

    return {
        # Both verify: RFC 7518 does not ask for the lower one.
        "good-ecdsa-low-s": form(r, low),
        "good-ecdsa-high-s": form(r, high),
        "ecdsa-der": encode_dss_signature(r, s),
        "ecdsa-swapped": form(s, r),
        "ecdsa-zero": form(0, 0),
        "ecdsa-r-zero": form(0, s),
        "ecdsa-s-zero": form(r, 0),
        "ecdsa-one": form(1, 1),
        "ecdsa-order": form(order, order),
        "ecdsa-s-plus-order": (r.to_bytes(size + 1, "big") + (s + order).to_bytes(size + 1, "big")),
        "ecdsa-numbers-padded": (r.to_bytes(size + 1, "big") + s.to_bytes(size + 1, "big")),
    }


def ed25519_forms(good: bytes) -> dict[str, bytes]:
    # RFC 8032 section 5.1: the order of the base point.
    order = 2**252 + 27742317777372353535851937790883648493
    point, scalar = good[:32], int.from_bytes(good[32:], "little")
    return {
        # RFC 8032 section 5.1.7: s must be below the order, or there is a second signature to each.
        "ed25519-s-plus-order": point + (scalar + order).to_bytes(32, "little"),
        "ed25519-s-zero": point + bytes(32),
        "ed25519-point-of-small-order": b"\1" + bytes(31) + good[32:],
    }

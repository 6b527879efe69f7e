"""Signatures of RFC 7518 and RFC 8037. The same text gives the same signature, but for PS, which is salted."""

import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | bytes

HASHES: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}

CURVES: dict[str, ec.EllipticCurve] = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}

# SEC 2, version 2, sections 2.4.2, 2.5.1 and 2.6.1.
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": int("F" * 48 + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "ES512": int("1" + "F" * 65 + "A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16),
}


def sign(alg: str, key: PrivateKey, data: bytes) -> bytes:
    match key:
        case bytes():
            return hmac.digest(key, data, f"sha{alg[2:]}")
        case rsa.RSAPrivateKey() if alg.startswith("RS"):
            return key.sign(data, padding.PKCS1v15(), hash_of(alg))
        case rsa.RSAPrivateKey():
            return pss(alg, key, data, hash_of(alg).digest_size)
        case ec.EllipticCurvePrivateKey():
            return joined(alg, *ecdsa(alg, key, data))
        case _:
            return key.sign(data)


def hash_of(alg: str) -> hashes.HashAlgorithm:
    return HASHES[alg[2:]]


def pss(alg: str, key: rsa.RSAPrivateKey, data: bytes, salt: int) -> bytes:
    """An RSASSA-PSS signature with a salt of this many bytes."""
    digest = hash_of(alg)
    return key.sign(data, padding.PSS(padding.MGF1(digest), salt), digest)


def ecdsa(alg: str, key: ec.EllipticCurvePrivateKey, data: bytes) -> tuple[int, int]:
    """The numbers r and s, by RFC 6979."""
    return decode_dss_signature(key.sign(data, ec.ECDSA(hash_of(alg), deterministic_signing=True)))


def joined(alg: str, r: int, s: int) -> bytes:
    """Both numbers as JOSE writes them (RFC 7518 section 3.4)."""
    size = (CURVES[alg].key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")

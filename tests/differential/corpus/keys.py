"""Two issuers and their keys, the same for the same seed."""

import json
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc.jwk import JWKRegistry, Key, OctKey

from .encoding import base64url
from .signing import CURVES, ORDERS, PrivateKey, sign

RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
ALGORITHMS = [*RSA_ALGORITHMS, "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"]

AUDIENCE = "api"
SUBJECT = "vera"


@dataclass(frozen=True)
class Signer:
    """A key of an issuer, with one algorithm that it signs with."""

    issuer: str
    kid: str
    alg: str
    key: PrivateKey
    # Whether another key of the issuer is for the algorithm too, so that only a `kid` can tell them apart.
    has_rivals: bool

    def sign(self, data: bytes) -> bytes:
        return sign(self.alg, self.key, data)


@dataclass(frozen=True)
class Issuer:
    """Who signs tokens, and the key set that it publishes."""

    name: str
    issuer: str
    keys: list[tuple[dict[str, Any], PrivateKey]]

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [jwk for jwk, _ in self.keys]}

    @cached_property
    def signers(self) -> list[Signer]:
        """Every key with every algorithm that it is for."""
        pairs = [(jwk["kid"], alg, key) for jwk, key in self.keys for alg in algorithms(jwk)]
        used = [alg for _, alg, _ in pairs]
        return [Signer(self.issuer, kid, alg, key, used.count(alg) > 1) for kid, alg, key in pairs]


def algorithms(jwk: dict[str, Any]) -> list[str]:
    """What a key is for: the one algorithm that it names, or all of RSA's."""
    return [jwk["alg"]] if "alg" in jwk else RSA_ALGORITHMS


def issuers(rng: Random) -> list[Issuer]:
    """Two issuers that use the same key ids. The first has more than one key for some algorithms."""
    first, second = published(rng), published(rng)
    another, free = private_key("ES256", rng), rsa_key(rng)
    first += [(jwk(another, kid="ES256-2", alg="ES256"), another), (jwk(free, kid="RSA"), free)]
    return [
        Issuer("first", "https://first.example.com/", first),
        Issuer("second", "https://second.example.com/", second),
    ]


def published(rng: Random) -> list[tuple[dict[str, Any], PrivateKey]]:
    """A key for each algorithm. RSA's are one, under several names, as some issuers have it."""
    shared = rsa_key(rng)
    keys = {alg: shared if alg in RSA_ALGORITHMS else private_key(alg, rng) for alg in ALGORITHMS}
    return [(jwk(key, kid=alg, alg=alg), key) for alg, key in keys.items()]


def private_key(alg: str, rng: Random) -> PrivateKey:
    if alg.startswith("ES"):
        return ec.derive_private_key(rng.randrange(1, ORDERS[alg]), CURVES[alg])
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
    return rng.randbytes(64)


def rsa_key(rng: Random) -> rsa.RSAPrivateKey:
    """2,048 bits from the seed, which no library offers."""
    exponent = 65537
    p, q = (prime(1024, exponent, rng) for _ in range(2))
    d = pow(exponent, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public).private_key()


def prime(bits: int, exponent: int, rng: Random) -> int:
    """A number that is prime beyond doubt for a test (Fermat), of exactly these bits, fit for the exponent."""
    small = [n for n in range(3, 2000) if all(n % d for d in range(2, int(n**0.5) + 1))]
    while True:
        # The two highest bits are set, so that a product of two has twice the bits.
        candidate = rng.getrandbits(bits) | 3 << bits - 2 | 1
        if any(candidate % n == 0 for n in small) or (candidate - 1) % exponent == 0:
            continue
        if all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5)):
            return candidate


def jwk(key: PrivateKey, **members: str) -> dict[str, Any]:
    """The public half as a JWK (RFC 7517); of a secret, the secret."""
    return {**material(key), **members, "use": "sig"}


def material(key: PrivateKey) -> dict[str, str]:
    match key:
        case bytes():
            return {"kty": "oct", "k": base64url(key)}
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            return {"kty": "RSA", "n": integer(numbers.n, 256), "e": integer(numbers.e, 3)}
        case ec.EllipticCurvePrivateKey():
            point, size = key.public_key().public_numbers(), (key.curve.key_size + 7) // 8
            curve = f"P-{key.curve.key_size}"
            return {"kty": "EC", "crv": curve, "x": integer(point.x, size), "y": integer(point.y, size)}
        case _:
            raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}


def integer(number: int, size: int) -> str:
    return base64url(number.to_bytes(size, "big"))


def public_forms(key: PrivateKey) -> list[bytes]:
    """The public half in the forms that a confused verifier might take for a secret."""
    if isinstance(key, bytes):
        return []
    public = key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return [pem, pem.rstrip(), der, json.dumps(material(key)).encode()]


def private_form(signer: Signer) -> Key:
    """A signer's key as joserfc takes it."""
    if isinstance(signer.key, bytes):
        return OctKey.import_key(signer.key)
    pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return JWKRegistry.import_key(pem, material(signer.key)["kty"])

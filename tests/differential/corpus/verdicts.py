"""What PyJWT and joserfc say of a token, each used as its manual asks a careful user to."""

import warnings
from collections.abc import Callable
from typing import Any

import jwt
from joserfc import jws as joserfc_jws
from joserfc import jwt as joserfc_jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import KeySet

from .keys import AUDIENCE, Issuer, algorithms
from .tokens import LEEWAY

# Whether a token is accepted. Whatever a library raises on one is a refusal, also where it is not its own error.
Verdict = Callable[[str], bool]


def pyjwt(issuers: list[Issuer]) -> Verdict:
    """By the key that `kid` names, for the algorithms of that key; `exp`, `iss` and `aud` must be there."""
    sets = {issuer.issuer: jwt.PyJWKSet.from_dict(issuer.jwks) for issuer in issuers}
    allowed = {issuer.issuer: algorithms_by_kid(issuer) for issuer in issuers}

    def accepts(token: str, issuer: str) -> bool:
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            # The bare key: a `PyJWK` without `alg` would allow RS256 alone.
            key = sets[issuer][kid].key
            jwt.decode(
                token,
                key,
                algorithms=allowed[issuer][kid],
                issuer=issuer,
                audience=AUDIENCE,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True},
            )
        except Exception:  # noqa: BLE001
            return False
        return True

    return lambda token: any(accepts(token, issuer) for issuer in sets)


def joserfc(issuers: list[Issuer], now: int) -> Verdict:
    """The same, with the key chosen by the library."""
    # That EdDSA is to be called Ed25519 (RFC 9864) is no concern here.
    warnings.simplefilter("ignore", SecurityWarning)
    sets = {issuer.issuer: KeySet.import_key_set({"keys": list(issuer.jwks["keys"])}) for issuer in issuers}
    allowed = {issuer.issuer: algorithms_by_kid(issuer) for issuer in issuers}

    def accepts(token: str, issuer: str) -> bool:
        claims = joserfc_jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY,
            exp={"essential": True},
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
        )
        try:
            kid = joserfc_jws.extract_compact(token.encode()).headers()["kid"]
            decoded = joserfc_jwt.decode(token, sets[issuer], algorithms=allowed[issuer][kid])
            claims.validate(decoded.claims)
        except Exception:  # noqa: BLE001
            return False
        return True

    return lambda token: any(accepts(token, issuer) for issuer in sets)


def algorithms_by_kid(issuer: Issuer) -> dict[Any, list[str]]:
    return {jwk["kid"]: algorithms(jwk) for jwk, _ in issuer.keys}

"""The good token that everything starts from."""

from dataclasses import dataclass
from random import Random

from .encoding import Case, Cases, Members, object_of, signed, text
from .keys import AUDIENCE, SUBJECT, Issuer, Signer

# Seconds by which clocks may differ. Longer than a run of the test takes, so that no verdict depends on when in the
# run it is given: dates are LEEWAY / 2 off (within it) or twice it (beyond it).
LEEWAY = 600


@dataclass(frozen=True)
class World:
    """What the tokens of a corpus have in common."""

    issuers: list[Issuer]
    now: int
    rng: Random

    def others(self, signer: Signer) -> list[Signer]:
        """The signers of the other issuers."""
        return [other for issuer in self.issuers for other in issuer.signers if other.issuer != signer.issuer]

    def siblings(self, signer: Signer) -> list[Signer]:
        """All signers of the same issuer."""
        return next(issuer.signers for issuer in self.issuers if issuer.issuer == signer.issuer)

    def claims(self, signer: Signer) -> Members:
        return {
            "iss": text(signer.issuer),
            "sub": text(SUBJECT),
            "aud": text(AUDIENCE),
            "exp": str(self.now + 86400),
        }

    def payload(self, signer: Signer, **changes: str | None) -> str:
        return object_of({**self.claims(signer), **changes})

    def with_claims(self, signer: Signer, kind: str, **changes: str | None) -> Cases:
        yield from self.with_payload(signer, kind, self.payload(signer, **changes))

    def with_payload(self, signer: Signer, kind: str, *payloads: str | bytes) -> Cases:
        for payload in payloads:
            yield Case(kind, signed(signer, header(signer), payload))

    def with_header(self, signer: Signer, kind: str, **changes: str | None) -> Cases:
        yield from self.with_header_text(signer, kind, header(signer, **changes))

    def with_header_text(self, signer: Signer, kind: str, *headers: str | bytes) -> Cases:
        for content in headers:
            yield Case(kind, signed(signer, content, self.payload(signer)))

    def good(self, signer: Signer) -> str:
        return signed(signer, header(signer), self.payload(signer))


def header(signer: Signer, **changes: str | None) -> str:
    members: Members = {"alg": text(signer.alg), "kid": text(signer.kid), "typ": '"JWT"'}
    return object_of({**members, **changes})

"""Registered claims (RFC 7519 section 4.1) that are missing, wrong, or of a wrong type."""

from .encoding import Cases, Members, text
from .keys import AUDIENCE, Signer
from .tokens import LEEWAY, World

# JSON values that are neither a string nor a number, by the name of their type.
OTHERS = {"null": "null", "bool": "true", "array": "[]", "object": "{}"}


def cases(world: World, signer: Signer) -> Cases:
    now = world.now
    past, future = now - 2 * LEEWAY, now + 2 * LEEWAY
    for claim, kinds in {
        "exp": expirations(now, past),
        "nbf": beginnings(now, future),
        "iat": issuings(now, future),
        "aud": audiences(),
        "iss": issuers(world, signer),
        "sub": texts(),
        "jti": texts(),
    }.items():
        for kind, value in kinds.items():
            yield from world.with_claims(signer, f"{claim}-{kind}", **{claim: value})


def expirations(now: int, past: int) -> Members:
    return {
        "missing": None,
        "past": str(past),
        "past-fraction": f"{past}.5",
        "long-past": "1",
        "zero": "0",
        "minus-zero": "-0",
        "near-zero": "0.5",
        "negative": str(-now),
        "string": text(str(now + 3600)),
        "string-past": text(str(past)),
        "text": '"tomorrow"',
        "empty-string": '""',
        "array-of-number": f"[{now + 3600}]",
        **far_numbers(),
        **OTHERS,
    }


def beginnings(now: int, future: int) -> Members:
    return {
        "future": str(future),
        "future-fraction": f"{future}.5",
        "below-2-to-63": str(2**63 - 1),
        "string": text(str(now)),
        "string-future": text(str(future)),
        "text": '"yesterday"',
        "array-of-number": f"[{now}]",
        **far_numbers(),
        **OTHERS,
    }


def issuings(now: int, future: int) -> Members:
    return {
        "future": str(future),
        "below-2-to-63": str(2**63 - 1),
        "string": text(str(now)),
        "text": '"yesterday"',
        "array-of-number": f"[{now}]",
        **far_numbers(),
        **OTHERS,
    }


def far_numbers() -> Members:
    """Numbers that do not fit where somebody may put them."""
    return {
        "2-to-63": str(2**63),
        "below-2-to-64": str(2**64 - 1),
        "beyond-2-to-64": str(2**64 + 10),
        "1e30": "1e30",
        "minus-1e30": "-1e30",
        "1e400": "1e400",
        "minus-1e400": "-1e400",
        "of-5000-digits": "9" * 5000,
        "nan": "NaN",
        "infinity": "Infinity",
        "leading-zero": "01",
        "hexadecimal": "0xFFFFFFFF",
        "plus": "+1",
    }


def audiences() -> Members:
    return {
        "missing": None,
        "wrong": '"other"',
        "empty": '""',
        "case": text(AUDIENCE.upper()),
        "blank-before": text(f" {AUDIENCE}"),
        "prefix": text(AUDIENCE[:-1]),
        "longer": text(f"{AUDIENCE}x"),
        "list-in-string": text(f"{AUDIENCE},other"),
        "words-in-string": text(f"{AUDIENCE} other"),
        "nul": '"api\\u0000"',
        "array-without-ours": '["other","another"]',
        "array-of-letters": text(list(AUDIENCE)),
        "array-with-number": text([AUDIENCE, 5]),
        "array-with-null": text([None, AUDIENCE]),
        "array-nested": text([[AUDIENCE]]),
        "number": "5",
        "object-of-ours": text({AUDIENCE: True}),
        **OTHERS,
    }


def issuers(world: World, signer: Signer) -> Members:
    return {
        "missing": None,
        "unknown": '"https://evil.example.com/"',
        "of-the-other": text(world.others(signer)[0].issuer),
        "empty": '""',
        "case": text(signer.issuer.upper()),
        "without-slash": text(signer.issuer.rstrip("/")),
        "longer": text(f"{signer.issuer}x"),
        "blank-after": text(f"{signer.issuer} "),
        "array-of-ours": text([signer.issuer]),
        "array-of-both": text([issuer.issuer for issuer in world.issuers]),
        "object-of-ours": text({signer.issuer: True}),
        "number": "5",
        **OTHERS,
    }


def texts() -> Members:
    """For claims that are strings and whose value does not matter."""
    return {"number": "5", "array-of-string": '["vera"]', **OTHERS}

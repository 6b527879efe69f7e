"""Tokens whose text is not that of a JWS in compact serialization (RFC 7515 section 7.1).

None has a line break: a header cannot carry it.
"""

import json

from joserfc import jwe
from joserfc.jwk import OctKey, RSAKey

from .encoding import Case, Cases, base64url, object_of, part, sealed
from .keys import Signer, jwk
from .tokens import World, header

# base64url, in the order of the six bits that each letter means.
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def cases(world: World, signer: Signer) -> Cases:
    yield from dots(world, signer)
    yield from around(world, signer)
    yield from inside(world, signer)
    yield from other_base64(world, signer)
    yield from serializations(world, signer)
    yield from encrypted(world, signer)


def dots(world: World, signer: Signer) -> Cases:
    good = world.good(signer)
    first, second, third = good.split(".")
    for kind, token in {
        "form-empty": "",
        "form-one-part": first,
        "form-two-parts": f"{first}.{second}",
        "form-no-signature": f"{first}.{second}.",
        "form-no-payload": f"{first}..{third}",
        "form-no-header": f".{second}.{third}",
        "form-dots-only": "..",
        "form-many-dots": "." * 1000,
        "form-leading-dot": f".{good}",
        "form-trailing-dot": f"{good}.",
        "form-fourth-part": f"{good}.{third}",
        "form-fourth-part-first": f"{first}.{good}",
        "form-double-dot-before-payload": f"{first}..{second}.{third}",
        "form-double-dot-before-signature": f"{first}.{second}..{third}",
        "form-parts-reversed": f"{third}.{second}.{first}",
        "form-comma-for-dot": good.replace(".", ","),
        "form-percent-dot": good.replace(".", "%2E"),
    }.items():
        yield Case(kind, token)


def around(world: World, signer: Signer) -> Cases:
    good = world.good(signer)
    for kind, token in {
        "around-blank-before": f" {good}",
        "around-blanks-before": f"   {good}",
        "around-tab-before": f"\t{good}",
        "around-blank-after": f"{good} ",
        "around-tab-after": f"{good}\t",
        "around-nul-after": f"{good}\0",
        "around-word-after": f"{good} x",
        "around-comma-after": f"{good},",
        "around-semicolon-after": f"{good};",
        "around-equals-after": f"{good}=",
        "around-another-after": f"{good}, Bearer {good}",
        "around-scheme-twice": f"Bearer {good}",
        "around-quotes": f'"{good}"',
        "around-angle-brackets": f"<{good}>",
        "around-bom": f"\ufeff{good}",
        "around-zero-width-blank": f"{good}\u200b",
        "around-other-case": good.swapcase(),
    }.items():
        yield Case(kind, token)


def inside(world: World, signer: Signer) -> Cases:
    """One character too many or another, in the middle of each part; the signature is of the text as it stands."""
    parts = part(header(signer)), part(world.payload(signer))
    characters = {
        "blank": " ",
        "tab": "\t",
        "equals": "=",
        "plus": "+",
        "slash": "/",
        "tilde": "~",
        "percent": "%",
        "letter-beyond-ascii": "é",
        "fullwidth-letter": "\uff21",
    }
    for name, character in characters.items():
        for index, place in enumerate(("header", "payload")):
            changed = [insert(text, character) if position == index else text for position, text in enumerate(parts)]
            yield Case(f"{name}-in-{place}", sealed(signer, *changed))
        head, _, signature = sealed(signer, *parts).rpartition(".")
        yield Case(f"{name}-in-signature", f"{head}.{insert(signature, character)}")


def insert(text: str, character: str) -> str:
    # At a multiple of four characters, where what follows keeps its meaning for a decoder that skips the character.
    middle = len(text) // 8 * 4
    return text[:middle] + character + text[middle:]


def other_base64(world: World, signer: Signer) -> Cases:
    """The same bytes in another spelling; where it is header or payload, the signature is of that spelling."""
    # Contents whose length leaves one and two bytes over, for the spellings differ only there.
    for pad in ("", "a", "aa"):
        head, payload = part(header(signer, x5t=f'"{pad}"')), part(world.payload(signer, extra=f'"{pad}"'))
        good = sealed(signer, head, payload)
        signature = good.rpartition(".")[2]
        for name, change in (("padding", padded), ("trailing-bits", with_trailing_bits), ("plus-slash", standard)):
            if change(head) != head:
                yield Case(f"{name}-of-header", sealed(signer, change(head), payload))
            if change(payload) != payload:
                yield Case(f"{name}-of-payload", sealed(signer, head, change(payload)))
            if change(signature) != signature:
                yield Case(f"{name}-of-signature", f"{head}.{payload}.{change(signature)}")
        yield Case("padding-too-long", f"{good}====")
        yield Case("letter-too-many", f"{good}{'A' * (1 + -len(signature) % 4)}")
    # Bytes that need `-` and `_`, or `+` and `/` in the other alphabet.
    odd = part(world.payload(signer, extra='"~~~???"'))
    if standard(odd) != odd:
        yield Case("plus-slash-of-payload", sealed(signer, part(header(signer)), standard(odd)))


def padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def standard(text: str) -> str:
    return text.replace("-", "+").replace("_", "/")


def with_trailing_bits(text: str) -> str:
    """Sets the lowest of the bits that the last letter has beyond the last byte, if there are any."""
    return text if len(text) % 4 == 0 else text[:-1] + ALPHABET[ALPHABET.index(text[-1]) | 1]


def serializations(world: World, signer: Signer) -> Cases:
    """The JSON serializations (RFC 7515 section 7.2), and a text that is both (CVE-2022-39227)."""
    head, payload, signature = world.good(signer).split(".")
    flattened = {"protected": head, "payload": payload, "signature": signature}
    general = {"payload": payload, "signatures": [{"protected": head, "signature": signature}]}
    evil = part(world.payload(signer, sub='"root"'))
    polyglot = {f"  {head}.{evil}.": "", **flattened}
    for form in (flattened, general):
        yield Case("serialization-json", json.dumps(form))
        yield Case("serialization-json-encoded", base64url(json.dumps(form).encode()))
    yield Case("serialization-polyglot", json.dumps(polyglot))
    yield Case("serialization-detached", f"{head}..{signature}")


def encrypted(world: World, signer: Signer) -> Cases:
    """JWE (RFC 7516), around the claims alone and around a signed token."""
    key: RSAKey | OctKey
    match signer.key:
        case bytes():
            key, alg = OctKey.import_key(signer.key), "dir"
            protected = {"alg": alg, "enc": "A256CBC-HS512", "kid": signer.kid}
        case _ if signer.alg in ("RS256", "PS256"):
            public = {name: value for name, value in jwk(signer.key).items() if name in ("kty", "n", "e")}
            key, alg = RSAKey.import_key(public), "RSA-OAEP"
            protected = {"alg": alg, "enc": "A256GCM", "kid": signer.kid}
        case _:
            return
    unsecured = part(object_of({"alg": '"none"'})) + "." + part(world.payload(signer)) + "."
    for inner in (world.payload(signer), world.good(signer), unsecured):
        yield Case("encrypted", jwe.encrypt_compact(protected, inner, key, algorithms=[alg, protected["enc"]]))

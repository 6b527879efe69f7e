"""Headers that lie about the signature, name another key, or ask for something special (RFC 8725)."""

from .encoding import Case, Cases, base64url, object_of, part, sealed, signed, text
from .keys import ALGORITHMS, Signer, jwk, public_forms
from .signing import sign
from .tokens import World, header


def cases(world: World, signer: Signer) -> Cases:
    yield from algorithms(world, signer)
    yield from key_ids(world, signer)
    yield from types(world, signer)
    yield from extensions(world, signer)
    yield from texts(world, signer)
    yield from key_in_header(world, signer)


def algorithms(world: World, signer: Signer) -> Cases:
    payload = part(world.payload(signer))
    for none in ("none", "None", "NONE", "nOnE"):
        unsigned = f"{part(header(signer, alg=text(none)))}.{payload}."
        yield Case("alg-none", unsigned)
        yield Case("alg-none", f"{part(object_of({'alg': text(none)}))}.{payload}.")
        yield from world.with_header(signer, "alg-none-signed", alg=text(none))
    for other in ALGORITHMS:
        if other != signer.alg:
            yield from world.with_header(signer, "alg-of-another", alg=text(other))
    for kind, alg in {
        "alg-missing": None,
        "alg-empty": '""',
        "alg-case": text(signer.alg.lower() if signer.alg != "EdDSA" else "EDDSA"),
        "alg-blank": text(f"{signer.alg} "),
        "alg-unknown": '"XX256"',
        "alg-null": "null",
        "alg-number": "256",
        "alg-array": text([signer.alg]),
    }.items():
        yield from world.with_header(signer, kind, alg=alg)
    # The public key, which everybody has, as the secret of a MAC.
    for public in public_forms(signer.key):
        for alg in ("HS256", "HS512"):
            for kid in (signer.kid, alg):
                head = f"{part(header(signer, alg=text(alg), kid=text(kid)))}.{payload}"
                mac = base64url(sign(alg, public, head.encode()))
                yield Case("alg-hmac-with-public-key", f"{head}.{mac}")
    for secret in (b"", b"secret", bytes(64)):
        head = f"{part(header(signer, alg=text('HS256'), kid=text('HS256')))}.{payload}"
        yield Case("alg-hmac-with-weak-secret", f"{head}.{base64url(sign('HS256', secret, head.encode()))}")


def key_ids(world: World, signer: Signer) -> Cases:
    choice = "of-several" if signer.has_rivals else "of-one"
    for kind, kid in {
        f"kid-missing-{choice}": None,
        f"kid-empty-{choice}": '""',
        f"kid-unknown-{choice}": '"unknown"',
        f"kid-case-{choice}": text(signer.kid.swapcase()),
        f"kid-blank-after-{choice}": text(f"{signer.kid} "),
        f"kid-path-{choice}": '"../../../dev/null"',
        f"kid-statement-{choice}": text(f"x' UNION SELECT '{signer.kid}"),
        "kid-null": "null",
        "kid-number": "5",
        "kid-array": text([signer.kid]),
        "kid-object": "{}",
    }.items():
        yield from world.with_header(signer, kind, kid=kid)
    for other in sorted({sibling.kid for sibling in world.siblings(signer)} - {signer.kid}):
        yield from world.with_header(signer, "kid-of-another-key", kid=text(other))
    for other_issuer in world.others(signer):
        if other_issuer.alg == signer.alg:
            # Its claims say that it is of the one issuer, its signature is the other's.
            token = signed(other_issuer, header(signer), world.payload(signer))
            yield Case("signed-by-the-other-issuer", token)


def types(world: World, signer: Signer) -> Cases:
    for value in ("5", "null", "[]", '["JWT"]', "{}", "true"):
        yield from world.with_header(signer, "typ-not-a-string", typ=value)
        yield from world.with_header(signer, "cty-not-a-string", cty=value)


def extensions(world: World, signer: Signer) -> Cases:
    """`crit` (RFC 7515 section 4.1.11) and `b64` (RFC 7797)."""
    for kind, crit in {
        "crit-empty": "[]",
        "crit-registered": '["alg"]',
        "crit-exp": '["exp"]',
        "crit-unknown": '["urn:example:unknown"]',
        "crit-null": "null",
        "crit-string": '"kid"',
        "crit-number": "[5]",
    }.items():
        yield from world.with_header(signer, kind, crit=crit)
    yield from world.with_header(signer, "crit-exp-present", crit='["exp"]', exp="1")
    yield from world.with_header(signer, "crit-unknown-present", crit='["x"]', x="1")
    yield from world.with_header(signer, "crit-b64-true", crit='["b64"]', b64="true")
    yield from world.with_header(signer, "crit-b64-false", crit='["b64"]', b64="false")
    yield from world.with_header(signer, "b64-false", b64="false")
    for value in ("null", '"false"', "0"):
        yield from world.with_header(signer, "b64-not-a-boolean", b64=value)
    unencoded = part(header(signer, crit='["b64"]', b64="false"))
    yield Case("b64-false-unencoded", sealed(signer, unencoded, world.payload(signer).replace(".", "")))
    yield Case("b64-false-unencoded", sealed(signer, unencoded, ""))


def texts(world: World, signer: Signer) -> Cases:
    good = header(signer)
    contents: dict[str, str | bytes] = {
        "header-empty": "",
        "header-object-empty": "{}",
        "header-null": "null",
        "header-string": text(good),
        "header-array": f"[{good}]",
        "header-trailing-comma": f"{good[:-1]},}}",
        "header-single-quotes": good.replace('"', "'"),
        "header-bom": f"\ufeff{good}",
        "header-text-after": f"{good}x",
        "header-nul-after": f"{good}\0",
        "header-utf-16": good.encode("utf-16-le"),
        "header-invalid-utf-8": good.encode().replace(b'"JWT"', b'"\xff"'),
        "header-nested-200": good.replace('"JWT"', '"JWT","extra":' + "[" * 200 + "]" * 200),
        "header-duplicate-alg-last-good": f'{{"alg":"none",{good[1:]}',
        "header-duplicate-alg-first-good": f'{good[:-1]},"alg":"none"}}',
        "header-duplicate-alg-equal": f'{good[:-1]},"alg":{text(signer.alg)}}}',
        "header-duplicate-alg-escaped": f'{good[:-1]},"\\u0061lg":"none"}}',
        "header-duplicate-kid-last-good": f'{{"kid":"x",{good[1:]}',
        "header-duplicate-member": f'{good[:-1]},"typ":"JWT"}}',
    }
    for kind, content in contents.items():
        yield from world.with_header_text(signer, kind, content)


def key_in_header(world: World, signer: Signer) -> Cases:
    """A stranger's key that comes along with the token it signed."""
    payload = world.payload(signer)
    stranger = next(other for other in world.others(signer) if other.alg == signer.alg)
    public = text(jwk(stranger.key))
    for kind, changes in {
        "jwk-of-a-stranger": {"jwk": public},
        "jku-of-a-stranger": {"jku": '"https://evil.example.com/jwks.json"'},
        "x5u-of-a-stranger": {"x5u": '"https://evil.example.com/chain.pem"'},
        "x5c-of-a-stranger": {"x5c": '["MIIB"]'},
    }.items():
        yield Case(kind, signed(stranger, header(signer, **changes), payload))
        yield Case(kind, signed(stranger, header(signer, kid=None, **changes), payload))
    yield from world.with_header(signer, "good-header-jwk", jwk=public)
    yield from world.with_header(signer, "jwk-not-an-object", jwk='"x"')
    yield from world.with_header(signer, "x5c-not-an-array", x5c='"x"')

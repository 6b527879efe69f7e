"""Tokens that are as they should be, in all the ways that RFC 7515 and RFC 7519 leave open."""

import json

import jwt
from joserfc import jwt as joserfc_jwt

from .encoding import Case, Cases, object_of, text
from .keys import AUDIENCE, Signer, private_form
from .tokens import LEEWAY, World, header


def cases(world: World, signer: Signer) -> Cases:
    yield Case("good", world.good(signer))
    yield from dates(world, signer)
    yield from names(world, signer)
    yield from json_texts(world, signer)
    yield from other_claims(world, signer)
    yield from headers(world, signer)
    yield from by_libraries(world, signer)


def dates(world: World, signer: Signer) -> Cases:
    now, later = world.now, world.now + 86400
    for kind, changes in {
        "good-iat": {"iat": str(now)},
        "good-iat-fraction": {"iat": f"{now - 60}.75"},
        "good-iat-zero": {"iat": "0"},
        "good-iat-negative": {"iat": "-1"},
        "good-nbf": {"nbf": str(now)},
        "good-nbf-zero": {"nbf": "0"},
        "good-nbf-negative": {"nbf": "-1"},
        "good-nbf-fraction": {"nbf": f"{now - 60}.25"},
        "good-nbf-within-leeway": {"nbf": str(now + LEEWAY // 2)},
        "good-exp-within-leeway": {"exp": str(now - LEEWAY // 2)},
        "good-exp-fraction": {"exp": f"{later}.5"},
        "good-exp-whole-fraction": {"exp": f"{later}.0"},
        "good-exp-exponent": {"exp": f"{later // 100}e2"},
        "good-exp-in-a-century": {"exp": str(now + 100 * 366 * 86400)},
        "good-exp-2-to-53": {"exp": str(2**53)},
        "good-exp-below-2-to-63": {"exp": str(2**63 - 1)},
    }.items():
        yield from world.with_claims(signer, kind, **changes)


def names(world: World, signer: Signer) -> Cases:
    for audiences in ([AUDIENCE], ["other", AUDIENCE], [AUDIENCE, "other", AUDIENCE], ["", AUDIENCE]):
        yield from world.with_claims(signer, "good-aud-array", aud=text(audiences))
    for subject in ("", "véra", "вера", "🦀", "a" * 500, "null", "\u0000"):
        yield from world.with_claims(signer, "good-sub", sub=text(subject))
    for subject in ("véra", "вера", "🦀"):
        yield from world.with_claims(signer, "good-sub", sub=f'"{subject}"')
    yield from world.with_claims(signer, "good-sub-missing", sub=None)
    yield from world.with_claims(signer, "good-jti", jti='"7c1d"')


def json_texts(world: World, signer: Signer) -> Cases:
    """The same claims, written in other ways (RFC 8259)."""
    claims = world.claims(signer)
    plain = json.loads(object_of(claims))
    issuer, audience = signer.issuer.replace("/", "\\/"), "".join(f"\\u{ord(letter):04X}" for letter in AUDIENCE)
    yield from world.with_payload(
        signer,
        "good-json-blanks",
        json.dumps(plain, indent=2),
        json.dumps(plain, indent="\t").replace("\n", "\r\n"),
        f" \t\r\n{text(plain)} \t\r\n",
    )
    yield from world.with_payload(signer, "good-json-order", object_of(dict(reversed(claims.items()))))
    yield from world.with_claims(signer, "good-json-escapes", iss=f'"{issuer}"')
    yield from world.with_claims(signer, "good-json-escapes", aud=f'"{audience}"')
    yield from world.with_payload(signer, "good-json-escapes", object_of(claims).replace('"exp"', '"\\u0065xp"'))


def other_claims(world: World, signer: Signer) -> Cases:
    """Claims that say nothing about who may be let in."""
    for value in (
        "null",
        "true",
        "-0.0",
        "1e308",
        str(2**64),
        "0.1",
        '"\\ud83e\\udd80"',
        '["a",["b",{"c":[]}]]',
        '{"roles":["admin"],"":{"":null}}',
        "[" * 50 + "]" * 50,
        '{"exp":1,"iss":"x"}',
        text("a" * 2000),
    ):
        yield from world.with_claims(signer, "good-claim", extra=value)
    for name in ("", "https://api.example.com/roles", "Exp", "EXP", "exp ", "ünïcode", "__proto__"):
        yield from world.with_claims(signer, "good-claim-name", **{name: "1"})


def headers(world: World, signer: Signer) -> Cases:
    for typ in (None, '"jwt"', '"at+jwt"', '"application/at+jwt"', '"JOSE"', '""'):
        yield from world.with_header(signer, "good-typ", typ=typ)
    yield from world.with_header(signer, "good-cty", cty='"x"')
    blanks = header(signer).replace(":", " : ").replace(",", " ,\n")
    yield from world.with_header_text(signer, "good-header-json", f"\n{blanks}\n")
    escaped = header(signer).replace('"alg"', '"\\u0061lg"')
    yield from world.with_header_text(signer, "good-header-json", escaped)
    # RFC 7515 section 4: members that are not understood must be ignored.
    for value in ('"x"', "5", "null", '{"a":[]}', "true"):
        yield from world.with_header(signer, "good-header-unknown-member", extra=value)
    yield from world.with_header(signer, "good-header-unknown-member", zip='"DEF"')
    yield from world.with_header(signer, "good-header-b64-true", b64="true")
    yield from world.with_header(signer, "good-header-long", x5t=text("a" * 600))
    yield from world.with_header(signer, "good-header-jku", jku='"https://evil.example.com/jwks.json"')
    yield from world.with_header(signer, "good-header-x5u", x5u='"https://evil.example.com/chain.pem"')


def by_libraries(world: World, signer: Signer) -> Cases:
    """What the libraries make themselves."""
    claims = json.loads(world.payload(signer, iat=str(world.now)))
    made = jwt.encode(claims, signer.key, signer.alg, {"kid": signer.kid})
    yield Case("good-by-pyjwt", made)
    parameters, private = {"alg": signer.alg, "kid": signer.kid}, private_form(signer)
    yield Case("good-by-joserfc", joserfc_jwt.encode(parameters, claims, private, algorithms=[signer.alg]))

"""Payloads that are not one JSON object, or not one that everybody reads alike."""

from .encoding import Cases, text
from .keys import AUDIENCE, Signer
from .tokens import LEEWAY, World


def cases(world: World, signer: Signer) -> Cases:
    yield from not_json(world, signer)
    yield from repeated(world, signer)
    yield from extremes(world, signer)


def not_json(world: World, signer: Signer) -> Cases:
    good = world.payload(signer)
    payloads: dict[str, str | bytes] = {
        "payload-empty": "",
        "payload-blank": " ",
        "payload-null": "null",
        "payload-string": text(good),
        "payload-number": "1",
        "payload-array": f"[{good}]",
        "payload-two-objects": good + good,
        "payload-text-after": f"{good}x",
        "payload-nul-after": f"{good}\0",
        "payload-cut": good[:-1],
        "payload-trailing-comma": f"{good[:-1]},}}",
        "payload-comment": f"{good[:-1]}/* */}}",
        "payload-single-quotes": good.replace('"', "'"),
        "payload-unquoted-name": good.replace('"exp"', "exp"),
        "payload-form-feed": f"\f{good}",
        "payload-bom": f"\ufeff{good}",
        "payload-utf-16": good.encode("utf-16-le"),
        "payload-utf-16-bom": good.encode("utf-16"),
        "payload-utf-32": good.encode("utf-32-le"),
    }
    for kind, payload in payloads.items():
        yield from world.with_payload(signer, kind, payload)
    for kind, value in {
        "string-invalid-utf-8": b"\xff",
        "string-overlong-utf-8": b"\xc0\xaf",
        "string-surrogate-utf-8": b"\xed\xa0\x80",
        "string-control-character": b"\x01",
        "string-newline": b"\n",
        "string-lone-surrogate": b"\\ud800",
        "string-bad-escape": b"\\x41",
    }.items():
        changed = good.encode().replace(b'"vera"', b'"ve' + value + b'ra"')
        yield from world.with_payload(signer, f"payload-{kind}", changed)


def repeated(world: World, signer: Signer) -> Cases:
    """The same member twice: one reader takes the first, another the last."""
    good = world.payload(signer)
    bad = {
        "exp": str(world.now - 2 * LEEWAY),
        "iss": '"https://evil.example.com/"',
        "aud": '"other"',
        "sub": '"root"',
        "extra": "1",
    }
    for claim, value in bad.items():
        first, last = f'{{"{claim}":{value},{good[1:]}', f'{good[:-1]},"{claim}":{value}}}'
        if claim == "extra":
            yield from world.with_payload(signer, "duplicate-claim", last.replace("}", ',"extra":1}'))
            continue
        yield from world.with_payload(signer, f"duplicate-{claim}-last-good", first)
        yield from world.with_payload(signer, f"duplicate-{claim}-first-good", last)
    escaped = f'{good[:-1]},"\\u0061ud":"other"}}'
    yield from world.with_payload(signer, "duplicate-aud-first-good", escaped)
    yield from world.with_payload(signer, "duplicate-equal", f'{good[:-1]},"aud":{text(AUDIENCE)}}}')
    yield from world.with_claims(signer, "duplicate-nested", extra='{"a":1,"a":2}')


def extremes(world: World, signer: Signer) -> Cases:
    for kind, value in {
        "claim-1e400": "1e400",
        "claim-of-400-digits": "9" * 400,
        "claim-of-5000-digits": "9" * 5000,
        "claim-nan": "NaN",
        "claim-minus-infinity": "-Infinity",
        "claim-leading-zero": "01",
        "claim-ends-in-point": "1.",
        "claim-nested-120": "[" * 120 + "]" * 120,
        "claim-nested-200": "[" * 200 + "]" * 200,
        "claim-nested-objects-200": '{"a":' * 200 + "1" + "}" * 200,
        "claim-nested-5000": "[" * 5000 + "]" * 5000,
        "claim-of-20000-letters": text("a" * 20000),
    }.items():
        yield from world.with_claims(signer, kind, extra=value)

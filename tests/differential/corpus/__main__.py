"""Writes the corpus: `python3 -m corpus FOLDER`.

`issuers.json` has the time, the leeway, and the issuers with their keys; `tokens.jsonl` has a token a line, with its
class and what PyJWT and joserfc say of it.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from . import claims, form, good, headers, payloads, signatures, verdicts
from .encoding import Case
from .keys import AUDIENCE, Signer, issuers
from .tokens import LEEWAY, World

SEED = 20

# What does not depend on the key is tried with one signer of so many; they are of all kinds of keys.
SHARE = 3


def main(folder: Path) -> None:
    rng = Random(SEED)
    world = World(issuers(rng), int(time.time()), rng)
    pyjwt, joserfc = verdicts.pyjwt(world.issuers), verdicts.joserfc(world.issuers, world.now)
    folder.mkdir(parents=True, exist_ok=True)
    described = [
        {"name": issuer.name, "iss": issuer.issuer, "audience": AUDIENCE, "jwks": issuer.jwks}
        for issuer in world.issuers
    ]
    settings = {"now": world.now, "leeway_seconds": LEEWAY, "issuers": described}
    (folder / "issuers.json").write_text(json.dumps(settings))
    seen: set[str] = set()
    with (folder / "tokens.jsonl").open("w") as file:
        for signer, case in cases(world):
            if case.token in seen:
                continue
            seen.add(case.token)
            row = {
                "signer": f"{signer.issuer} {signer.kid} {signer.alg}",
                "class": case.kind,
                "text": case.token,
                "pyjwt": pyjwt(case.token),
                "joserfc": joserfc(case.token),
            }
            file.write(json.dumps(row) + "\n")


def cases(world: World) -> Iterator[tuple[Signer, Case]]:
    signers = [signer for issuer in world.issuers for signer in issuer.signers]
    for number, signer in enumerate(signers):
        modules = [good, headers, signatures]
        if number % SHARE == 0:
            modules += [claims, payloads, form]
        for module in modules:
            for case in module.cases(world, signer):
                yield signer, case


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The key that the demo signs web tokens with: made once, and kept in the demo's directory. Usable without Django."""

from __future__ import annotations

import json
from pathlib import Path

from jwcrypto.jwk import JWK


def signing_key(directory: Path) -> dict[str, str]:
    """Both halves as the platform's settings want them: JSON of the private key, and of the set of public ones."""
    path = directory / "signing_key.json"
    if not path.exists():
        path.write_text(JWK.generate(kty="RSA", size=2048, kid="demo").export())
    key = JWK.from_json(path.read_text())
    public = {"keys": [json.loads(key.export_public())]}
    return {"JWT_PRIVATE_SIGNING_JWK": key.export(), "JWT_PUBLIC_SIGNING_JWK_SET": json.dumps(public)}

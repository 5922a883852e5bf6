"""Start a demo and have schemathesis try every call of its OpenAPI description, signed in as a data researcher.

No server error, no undocumented status, no answer that departs from its schema; exits with schemathesis' own status.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from tests.browser.demo import PASSWORD, SMALL, Demo

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("EXAMPLES", "25")


def sign_in(demo: Demo) -> dict[str, str]:
    """Return the headers of somebody who is signed in as ``researcher``, who may call everything."""
    session = requests.Session()
    session.get(f"{demo.address}/login", timeout=30).raise_for_status()
    token = session.cookies["csrftoken"]
    form = {"username": "researcher", "password": PASSWORD, "csrfmiddlewaretoken": token}
    session.post(f"{demo.address}/login", form, headers={"Referer": demo.address}, timeout=30).raise_for_status()
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    return {"Cookie": cookies, "X-CSRFToken": session.cookies["csrftoken"], "Referer": f"{demo.address}/"}


def main() -> int:
    """Run it all."""
    with TemporaryDirectory() as directory:
        demo = Demo(Path(directory))
        try:
            demo.until_running()
            demo.set_site_values(**dict.fromkeys(("REQUEST_THROTTLE", "GENERATE_THROTTLE", "DEANONYMIZE_THROTTLE"), "100000/s"))
            headers = sign_in(demo)
            url = f"{demo.address}/learner_data/api/v1/courses/{SMALL}/reports/"
            requests.post(url, json={"report": "profile"}, headers=headers, timeout=30).raise_for_status()
            given = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
            command = ["schemathesis", "--config-file", str(CONFIGURATION), "run", f"{demo.address}/learner_data/openapi.json"]
            options = ["--checks", "all", "--max-examples", EXAMPLES, "--seed", "1", "--continue-on-failure"]
            return subprocess.run([*command, *options, *given], cwd=directory, check=False).returncode
        finally:
            demo.stop()


if __name__ == "__main__":
    sys.exit(main())

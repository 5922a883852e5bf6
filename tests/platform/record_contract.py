"""Record the facts we lean on, from a checkout: ``EDX_PLATFORM=its path PYTHON=its python record_contract.py``.

They go to tests/contract/mid_2025.json, or to the file named as argument.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Start the same file again, inside the checkout."""
    sys.path.insert(0, str(ROOT))
    from tests.platform import run

    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "tests/contract/mid_2025.json").resolve()
    with tempfile.TemporaryDirectory(prefix="learner_data_plugin_") as metadata:
        python, checkout = run.find_host()
        environment = {**run.host_environment(python, Path(metadata)), "CONTRACT": str(target)}
        command = [python, "-W", "ignore", "-m", "tests.platform.record_contract"]
        return subprocess.run(command, cwd=checkout, env=environment, check=False).returncode


def record(target: Path) -> None:
    """Read the facts here and write them down, one to a line."""
    from tests.platform import mongo

    mongo.stand_in_if_needed()
    sys.path.insert(0, os.getcwd())
    os.environ["DJANGO_SETTINGS_MODULE"] = "lms.envs.test"
    import celery
    import django
    import openedx_filters

    django.setup()
    from tests.contract import facts

    versions = {"django": django.__version__, "celery": celery.__version__, "openedx_filters": openedx_filters.__version__}
    python = ".".join(map(str, sys.version_info[:2]))
    recorded = {"recorded_with": {"python": python, **versions}, **facts.collect()}
    target.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if "CONTRACT" in os.environ:
        record(Path(os.environ["CONTRACT"]))
    else:
        sys.exit(main())

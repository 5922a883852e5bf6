"""Run the tests inside an edx-platform checkout: ``EDX_PLATFORM=its path PYTHON=its python run.py [tests] [pytest options]``.

Nothing is installed there; only the log directory that the platform's test settings ask for is made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.platform import mongo, needs  # noqa: E402


def main() -> int:
    """Check what is given, say what is missing, and run pytest."""
    with tempfile.TemporaryDirectory(prefix="learner_data_plugin_") as metadata:
        python, checkout = find_host()
        environment = host_environment(python, Path(metadata))
        # pytest runs in the checkout, so paths have to be whole ones; ``::`` names a test in a file.
        given = [str(ROOT / word) if (ROOT / word.split("::")[0]).exists() else word for word in sys.argv[1:]]
        tests = [] if any(word.startswith(str(ROOT)) for word in given) else [str(ROOT / "tests")]
        command = [python, "-m", "pytest", "-p", "tests.platform.plugin"]
        command += ["-c", str(ROOT / "tests/platform/pytest.ini"), f"--rootdir={ROOT}", f"--confcutdir={ROOT}"]
        command += [*given, *tests]
        return subprocess.run(command, cwd=checkout, env=environment, check=False).returncode


def find_host() -> tuple[str, Path]:
    """Return the interpreter and the checkout, ready to run tests; sentences and exit code 1 if something is missing."""
    platform, python = os.environ.get("EDX_PLATFORM", ""), os.environ.get("PYTHON", "")
    if not (platform and python):
        stop("Give an edx-platform checkout as EDX_PLATFORM, and the Python with that checkout's requirements as PYTHON.")
    checkout = Path(platform).expanduser().resolve()
    if not (checkout / "lms/envs/test.py").is_file():
        stop(f"There is no edx-platform checkout at {checkout}: lms/envs/test.py is missing. Give its path as EDX_PLATFORM.")
    # Not resolved: the python of a virtual environment is a link to one outside it.
    interpreter = os.path.abspath(os.path.expanduser(python)) if os.sep in python else python
    if lacking := needs.lacking(interpreter, checkout, mongo_answers=mongo.server_answers()):
        stop("\n  ".join(["The tests cannot run there yet.", *lacking]))
    (checkout / "test_root/log").mkdir(parents=True, exist_ok=True)
    return interpreter, checkout


def host_environment(python: str, metadata: Path) -> dict[str, str]:
    """Return the environment in which the checkout finds this plugin: by the entry points of its metadata."""
    command = [python, "setup.py", "--quiet", "egg_info", "--egg-base", str(metadata)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if made.returncode:
        stop(f"The plugin's metadata could not be made:\n{made.stderr}")
    path = [str(metadata), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}


def stop(sentence: str) -> None:
    """Say why nothing was run."""
    sys.exit(f"test-platform: {sentence}")


if __name__ == "__main__":
    sys.exit(main())

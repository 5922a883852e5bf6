"""``make test-services``: the suite on MariaDB, then the tests with worker processes on Redis. Fails if either is missing."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "lms")]

from lms.envs.mariadb import DATABASES  # noqa: E402

DATABASE = DATABASES["default"]
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")


def main(arguments: list[str]) -> int:
    """Run both halves in a database of their own, which is gone afterwards; further arguments go to pytest's second run."""
    missing = [sentence for sentence in (missing_mariadb(), missing_redis()) if sentence]
    if missing:
        sys.stderr.write("\n".join([*missing, ""]))
        return 1
    name = f"learner_data_services_{secrets.token_hex(4)}"
    environment = {
        **os.environ,
        "DATABASE_NAME": name,
        "SERVICES_PREFIX": name,
        "BROKER_URL": f"{REDIS_URL}/11",
        "CACHE_URL": f"{REDIS_URL}/12",
    }
    try:
        codes = []
        if not arguments:
            codes.append(run_tests("tests", settings="lms.envs.services", environment=environment))
        codes.append(
            run_tests(*(arguments or ["tests/services"]), settings="lms.envs.workers", environment=environment)
        )
    finally:
        for database in (f"test_{name}", f"test_{name}_history"):
            drop_database(database)
        delete_keys(name, 11, 12)
    return max(codes)


def run_tests(*arguments: str, settings: str, environment: dict[str, str]) -> int:
    """Run pytest with these settings in a new database; returns its exit code."""
    # ``norecursedirs`` keeps these tests out of ``make test``.
    keep = [".*", "lms", "browser", "benchmarks", "load", "makefile", "mutants", "openapi", "packaging", "platform"]
    keep += [] if settings.endswith("workers") else ["services"]
    command = [sys.executable, "-m", "pytest", "-q", "--create-db", f"--ds={settings}", "-o", f"norecursedirs={' '.join(keep)}"]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=False).returncode


def missing_mariadb() -> str:
    """A sentence about what to install or start, '' if MariaDB answers."""
    try:
        import MySQLdb
    except ImportError:
        return "mysqlclient is not installed: pip install -r requirements/services.txt (Debian: libmariadb-dev, pkg-config)."
    try:
        _connect(MySQLdb).close()
    except MySQLdb.Error as error:
        return (
            f"MariaDB does not answer at {DATABASE['HOST']}:{DATABASE['PORT']} as {DATABASE['USER']} ({error.args[-1]}). "
            "Start it (mariadbd), or say where it is with DATABASE_HOST, DATABASE_PORT, DATABASE_USER and DATABASE_PASSWORD."
        )
    return ""


def missing_redis() -> str:
    """A sentence about what to install or start, '' if Redis answers and a second one can be started."""
    import redis

    if shutil.which("redis-server") is None:
        return "redis-server is not installed; the tests of outages start one of their own (Debian: redis-server)."
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except redis.RedisError:
        return f"Redis does not answer at {REDIS_URL}. Start it (redis-server), or say where it is with REDIS_URL."
    return ""


def drop_database(name: str) -> None:
    """Drop a test database that an interrupted run has left."""
    import MySQLdb

    connection = _connect(MySQLdb)
    connection.cursor().execute(f"DROP DATABASE IF EXISTS `{name}`")
    connection.close()


def delete_keys(prefix: str, *databases: int) -> None:
    """Delete what has been left in these databases of Redis."""
    import redis

    for number in databases:
        database = redis.Redis.from_url(f"{REDIS_URL}/{number}")
        # The cache writes ``prefix:version:key``, the broker's transport ``prefix:key``.
        for key in database.scan_iter(f"{prefix}:*"):
            database.delete(key)


def _connect(driver: object) -> object:
    return driver.connect(
        host=DATABASE["HOST"],
        port=int(DATABASE["PORT"]),
        user=DATABASE["USER"],
        password=DATABASE["PASSWORD"],
        connect_timeout=5,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Making the demo's database on a MySQL or MariaDB server. Usable without Django."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

SCHEMES = ("mysql", "mysql2", "mysqlgis")


def is_mysql(database_url: str) -> bool:
    """Whether the address is one of such a server."""
    return urlsplit(database_url).scheme in SCHEMES


def create_if_missing(database_url: str) -> None:
    """Make the database that the address names, able to hold every character. Raises ValueError with what is wrong."""
    try:
        import MySQLdb
    except ImportError as error:
        raise ValueError(f"mysqlclient, which DATABASE_URL needs, cannot be loaded: {error}") from None
    parts = urlsplit(database_url)
    name = unquote(parts.path.lstrip("/"))
    if not name or "`" in name:
        raise ValueError("DATABASE_URL has to end in the name of a database: mysql://root@127.0.0.1:3306/learner_data_demo")
    try:
        connection = MySQLdb.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
            connect_timeout=10,
        )
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4")
        connection.close()
    except MySQLdb.Error as error:
        raise ValueError(f"The database of DATABASE_URL cannot be reached or made: {error.args[-1]}") from None

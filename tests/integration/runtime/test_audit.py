"""The audit chain finds whatever is done to it, and does not fork under many writers."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from runtime import audit
from runtime.db import Database

TAMPERINGS = {
    "changed": "UPDATE audit_entries SET content = '{}' WHERE seq = 3",
    "deleted": "DELETE FROM audit_entries WHERE seq = 3",
    "reordered": "UPDATE audit_entries SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)",
    "tail cut": "DELETE FROM audit_entries WHERE seq > 3",
    "all dropped": "DELETE FROM audit_entries",
    "head moved": "UPDATE audit_head SET seq = 4",
}


def write_entries(db: Database, count: int) -> None:
    for n in range(count):
        with db.write() as session:
            audit.record(session, actor="test", action="case.moved", subject=f"case:{n}", content={"n": n, "ü": "ß"})


def breaks(db: Database) -> list[audit.Break]:
    with db.read() as session:
        return list(audit.verify(session))


def test_an_untouched_chain_verifies(database: Database) -> None:
    write_entries(database, 5)
    assert breaks(database) == []


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_found(database: Database, how: str) -> None:
    write_entries(database, 5)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS audit_entries_no_update" + _on(database, "audit_entries")))
        connection.execute(text("DROP TRIGGER IF EXISTS audit_entries_no_delete" + _on(database, "audit_entries")))
        connection.execute(text(TAMPERINGS[how]))
    assert breaks(database)


def _on(db: Database, table: str) -> str:
    return "" if db.is_sqlite else f" ON {table}"


@pytest.mark.postgres
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_whatever_is_said_is_bound_as_it_is_read_again(postgres_database: Database, said: str) -> None:
    with postgres_database.write() as session:
        audit.record(session, actor=said, action="case.moved", subject=f"case:{said}", content={said: said, "n": Decimal("1.50")})
    assert breaks(postgres_database) == []


def test_many_writers_make_one_chain(database: Database) -> None:
    write_entries(database, 1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write_entries(database, 10), range(8)))
    assert breaks(database) == []
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM audit_entries")).scalar_one() == 81

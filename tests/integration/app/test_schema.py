"""The migrations make exactly the schema the code needs, on both databases."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DatabaseError

from app import schema
from extraction.learned.ledger import Ledger
from matching.learned_sql import users_of_form
from models.domain.learned import Fingerprint, Learned, Lesson, LessonKind, Mark
from models.domain.messages import Source
from models.domain.reading import DocumentType
from models.domain.states import MessageState
from models.errors import NotFound
from models.tables import Base
from models.tables.cases import CaseRow
from models.tables.intake import DocumentRow, MessageRow
from models.tables.learned import LearnedKeyRow
from models.tables.orders import SalesOrderRow
from models.tables.partners import CustomerRow
from models.tables.triggers import APPEND_ONLY_TABLES
from oms.inventory.reconcile import reconcile
from runtime import accounts, users
from runtime.clock import now
from runtime.db import Database
from tests.support.postgres import PrivatePostgres

# SQLite tells nobody what an index on an expression is made of; that it serves is shown below.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server: PrivatePostgres = request.getfixturevalue("postgres")
        url = server.create_database()
    db = Database(url)
    yield db
    db.close()


def walk(db: Database) -> None:
    """Through all the migrations, one after the other."""
    schema.upgrade(db, "0001")
    schema.upgrade(db)


def test_an_upgraded_database_does_not_differ_from_the_code(empty_database: Database) -> None:
    walk(empty_database)
    with empty_database.engine.connect() as connection:
        drift = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
    assert drift == []
    schema.check(empty_database)


def checks(db: Database) -> dict[str, set[tuple[str | None, str]]]:
    found = inspect(db.engine)
    return {
        table: {(check["name"], check["sqltext"]) for check in found.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_the_migrations_make_the_constraints_of_the_code(empty_database: Database, request: pytest.FixtureRequest) -> None:
    made_by_code = request.getfixturevalue("sqlite_database" if empty_database.is_sqlite else "postgres_database")
    walk(empty_database)
    assert checks(empty_database) == checks(made_by_code)
    assert triggers_of(empty_database) == triggers_of(made_by_code) != set()


def triggers_of(db: Database) -> set[tuple[str, str]]:
    listed = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'" if db.is_sqlite
        else "SELECT event_object_table, trigger_name FROM information_schema.triggers")
    with db.read() as session:
        return {(table, name) for table, name in session.execute(text(listed))}


def test_an_empty_database_is_made_at_once_and_stands_where_the_migrations_end(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    with empty_database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata) == []
    assert len(triggers_of(empty_database)) == 2 * len(APPEND_ONLY_TABLES)
    schema.check(empty_database)
    schema.upgrade(empty_database)
    schema.check(empty_database)


def test_an_empty_database_is_refused_with_the_command_that_helps(empty_database: Database) -> None:
    with pytest.raises(schema.SchemaOutdated, match="ordermill db upgrade"):
        schema.check(empty_database)


def test_the_ledgers_refuse_changes(empty_database: Database) -> None:
    walk(empty_database)
    with empty_database.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO audit_entries (seq, at, actor, action, subject, content, previous, hash) "
            "VALUES (1, '2031-01-01 00:00:00', 'a', 'b', 'c', '{}', 'p', 'h')"))
    for statement in ("UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(DatabaseError, match="append-only"), empty_database.engine.begin() as connection:
            connection.execute(text(statement))


def test_an_upgrade_keeps_the_rows_and_what_refers_to_them(empty_database: Database) -> None:
    schema.upgrade(empty_database, "0001")
    with empty_database.write() as db:
        db.execute(text(
            "INSERT INTO messages (id, source, sha256, size, received_at, state, tries, round) "
            "VALUES (1, 'upload', :digest, 1, :at, 'read', 0, 0)"),
            {"digest": "0" * 64, "at": "2026-01-01 00:00:00+00:00"})
        db.execute(text(
            "INSERT INTO documents (id, message_id, position, is_body, sha256, size, state, format) "
            "VALUES (7, 1, 0, :no, :digest, 1, 'stored', 'pdf')"), {"digest": "0" * 64, "no": False})
        db.execute(text("INSERT INTO readings (id, document_id, position, doc_type, content) VALUES (3, 7, 0, 'other', '{}')"))
    schema.upgrade(empty_database)
    with empty_database.read() as db:
        assert db.execute(text("SELECT document_id FROM readings")).scalars().all() == [7]
        assert db.execute(text("SELECT format FROM documents")).scalars().all() == ["pdf"]
    with pytest.raises(DatabaseError), empty_database.write() as db:
        db.execute(text("INSERT INTO readings (id, document_id, position, doc_type, content) VALUES (4, 8, 0, 'other', '{}')"))


def test_movements_of_before_open_the_ledger_and_totals_lose_what_was_cancelled(empty_database: Database) -> None:
    schema.upgrade(empty_database, "0009")
    with empty_database.write() as db:
        one = 10**6 if empty_database.is_sqlite else 1
        for statement in (
            "INSERT INTO items (id, sku, sku_folded, description, base_uom, status) VALUES (1, 'A', 'A', 'A', 'PCE', 'active')",
            "INSERT INTO locations (code, name, priority) VALUES ('MAIN', 'Main', 0)",
            f"INSERT INTO stock_levels (item_id, location_id, on_hand, reserved, safety) VALUES (1, 1, {7 * one}, {2 * one}, 0)",
            *(f"INSERT INTO stock_movements (item_id, location_id, quantity, reason, at) "
              f"VALUES (1, 1, {quantity * one}, 'count', '2026-01-01 00:00:00')" for quantity in (10, -3)),
            "INSERT INTO customers (id, customer_no, name, price_tolerance, approval, is_active, open_balance, overdue, "
            "pack_rule, ship_complete, merge_repeated_lines, partial_release) "
            "VALUES (1, 'C', 'C', 0, 'confident', true, 0, 0, 'ask', false, false, false)",
            "INSERT INTO sales_orders (id, order_no, state, customer_id, po_number, currency, total, approved_by, created_at) "
            f"VALUES (1, 'SO-1', 'accepted', 1, 'P', 'EUR', {10 * one}, 'Ann', '2026-01-01 00:00:00')",
            "INSERT INTO order_lines (id, order_id, position, item_id, description, quantity, uom, base_quantity, unit_price, "
            f"amount, cancelled, shipped) VALUES (1, 1, 1, 1, 'A', {4 * one}, 'PCE', {4 * one}, 0, {10 * one}, {2 * one}, 0)",
            "INSERT INTO reservations (order_line_id, item_id, location_id, quantity, state) "
            f"VALUES (1, 1, 1, {2 * one}, 'active')",
        ):
            db.execute(text(statement))
    schema.upgrade(empty_database)
    with empty_database.read() as db:
        assert reconcile(db) == []
        assert db.execute(text("SELECT count(*) FROM stock_entries")).scalar_one() == 3
        assert db.execute(select(SalesOrderRow.total)).scalar_one() == 5


def test_a_token_of_before_acts_as_a_user_of_its_own_that_cannot_sign_in(empty_database: Database) -> None:
    schema.upgrade(empty_database, "0009")
    with empty_database.write() as db:
        db.execute(text(
            "INSERT INTO api_tokens (id, name, token_sha256, scopes, created_at) "
            "VALUES (5, 'shop', :digest, 'orders:read', '2026-01-01 00:00:00')"), {"digest": accounts.digest("om_x")})
    schema.upgrade(empty_database)
    with empty_database.write() as db:
        client = accounts.find_token(db, "om_x", now())
        assert client is not None and client.name == "shop"
        user = db.execute(text("SELECT login, role FROM users WHERE id = :id"), {"id": client.user_id}).one()
        assert tuple(user) == ("token-5", "integration")
        assert accounts.check_password(db, "token-5", "!", now()) is None
        assert users.list_users(db, now()) == ()
        with pytest.raises(NotFound):
            users.reset_password(db, client.user_id, "adam")


@pytest.mark.slow
def test_what_is_taken_back_can_be_done_again_though_a_program_has_worked_meanwhile(empty_database: Database) -> None:
    schema.upgrade(empty_database, "0009")
    with empty_database.write() as db:
        db.execute(text(
            "INSERT INTO api_tokens (id, name, token_sha256, scopes, created_at) "
            "VALUES (5, 'shop', 'x', 'orders:read', '2026-01-01 00:00:00')"))
    schema.upgrade(empty_database)
    with empty_database.write() as db:
        db.execute(text(
            "INSERT INTO saved_views (user_id, page, name, query, is_shared) "
            "SELECT id, 'orders', 'mine', '', false FROM users WHERE role = 'integration'"))
    with empty_database.exclusive() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
    schema.upgrade(empty_database)
    with empty_database.read() as db:
        assert db.execute(text("SELECT role FROM users ORDER BY id")).scalars().all() == ["viewer", "integration"]
        assert db.execute(text("SELECT count(*) FROM locations WHERE kind = 'customer'")).scalar_one() == 1


@pytest.mark.slow
def test_forms_learned_before_are_filed_under_the_words_they_are_known_by(empty_database: Database) -> None:
    form = Fingerprint("paper", 0.7, tuple(Mark(text, 10.0) for text in ("muster works", "order no", "quantity", "price")))
    schema.upgrade(empty_database)
    with empty_database.write() as db:
        customer, message = CustomerRow(customer_no="C1", name="Muster"), MessageRow(
            source=Source.UPLOAD, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ)
        db.add_all((customer, message))
        db.flush()
        document = DocumentRow(message_id=message.id, position=0, sha256="0" * 64, size=1)
        case = CaseRow(
            message_id=message.id, doc_type=DocumentType.PURCHASE_ORDER, received_at=now(), moved_at=now())
        db.add_all((document, case))
        db.flush()
        lessons = (Lesson(LessonKind.CONSTANT, "currency", value="EUR"), Lesson(LessonKind.DATE_ORDER, "date_order", value="day"))
        Ledger(db).keep(
            Learned(form, lessons), case_id=case.id, customer_id=customer.id, document_id=document.id, made_by="Ann")
    with empty_database.exclusive() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0011")
    with empty_database.read() as db:
        assert users_of_form(db, form) == frozenset()
    schema.upgrade(empty_database)
    with empty_database.read() as db:
        assert users_of_form(db, form) == {customer.id}
        assert db.execute(select(func.count()).select_from(LearnedKeyRow)).scalar_one() == 3


def test_orders_of_one_number_are_found_by_an_index_whatever_the_case_of_its_letters(empty_database: Database) -> None:
    walk(empty_database)
    asked = "SELECT order_no FROM sales_orders WHERE customer_id = 1 AND lower(po_number) = lower('PO-1')"
    with empty_database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN {asked}")).all()
        else:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(text(f"EXPLAIN {asked}")).all()
    assert "ix_sales_orders_customer_po_folded" in str(plan)


def test_the_schema_itself_holds_a_serial_number_in_one_place(empty_database: Database) -> None:
    schema.upgrade(empty_database, "0012")
    with empty_database.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO items (id, sku, sku_folded, description, base_uom, status, tracking, backorder, is_kit) "
            "VALUES (1, 'A', 'A', 'a', 'H87', 'active', 'serial', :no, :no)"), {"no": False})
        for n in (101, 102):
            connection.execute(text(
                "INSERT INTO locations (id, code, name, kind, priority, is_active) VALUES (:n, :code, 'x', 'own', 0, :yes)"),
                {"n": n, "code": f"L{n}", "yes": True})
        connection.execute(text("INSERT INTO lots (id, item_id, code, is_serial) VALUES (1, 1, 'SN', :yes)"), {"yes": True})
        for n, on_hand in ((101, 1000000), (102, 0)):
            connection.execute(
                text("INSERT INTO lot_levels (lot_id, location_id, on_hand, held) VALUES (1, :n, :q, 0)"), {"n": n, "q": on_hand})
    schema.upgrade(empty_database)
    twice = pytest.raises(DatabaseError, match=r"serial_in_one_place|lot_levels\.lot_id")
    with twice, empty_database.engine.begin() as connection:
        connection.execute(text("UPDATE lot_levels SET on_hand = 1 WHERE location_id = 102"))

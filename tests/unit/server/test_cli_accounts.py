import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from argon2 import PasswordHasher
from click.testing import Result
from tests.unit.security.doubles import enter
from typer.testing import CliRunner

from steckel.errors import StorageFailure
from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade
from steckel.security.accounts import ensure_admin
from steckel.security.authentication import Basic, Bearer
from steckel.security.passwords import Passwords
from steckel.security.peers import RemoteAe
from steckel.security.site import Security, open_security
from steckel.security.totp import PERIOD, code_of
from steckel.server.cli_accounts import register
from steckel.server.cli_terminal import AccountsDesk
from steckel.web.ports.system import EchoResult

GOOD = "correct horse battery"


class Echo:
    def __init__(self) -> None:
        self.asked: list[RemoteAe] = []
        self.answer = EchoResult(ok=True, milliseconds=3.4)

    def echo(self, entity: RemoteAe) -> EchoResult:
        self.asked.append(entity)
        return self.answer


class Terminal:
    def __init__(self, security: Security) -> None:
        self.security = security
        self.echo = Echo()
        self.failure: StorageFailure | None = None
        self._app = typer.Typer()
        register(self._app, self._open)

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(self._app, arguments, input=typed)

    @contextmanager
    def _open(self) -> Iterator[AccountsDesk]:
        if self.failure:
            raise self.failure
        yield AccountsDesk(security=self.security, echo=self.echo)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    engine = open_engine(f"sqlite:///{tmp_path / 'steckel.sqlite'}")
    upgrade(engine)
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    security = open_security(engine, Passwords(cheap))
    ensure_admin(security.accounts, GOOD)
    yield Terminal(security)
    engine.dispose()


def can_log_in(terminal: Terminal, name: str, password: str) -> bool:
    return terminal.security.accounts.verify(name, password) is not None


def test_an_account_is_added_with_a_password_from_the_prompt(terminal: Terminal) -> None:
    result = terminal.run("user", "add", "Alice", typed=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0
    assert GOOD not in result.output
    assert can_log_in(terminal, "alice", GOOD)


def test_an_account_is_added_with_a_password_from_standard_input(terminal: Terminal) -> None:
    result = terminal.run(
        "user", "add", "ada", "--admin", "--display-name", "Ada L.", "--password-stdin",
        typed=f"{GOOD}\n",
    )  # fmt: skip
    assert result.exit_code == 0
    assert result.stdout == ""
    account = terminal.security.accounts.get("ada")
    assert (account.role, account.display_name) == ("admin", "Ada L.")


def test_a_password_cannot_be_an_argument(terminal: Terminal) -> None:
    assert terminal.run("user", "add", "alice", "--password", GOOD).exit_code == 2
    assert terminal.run("user", "add", "alice", GOOD).exit_code == 2


def test_what_is_refused_is_one_line_and_an_exit_status(terminal: Terminal) -> None:
    result = terminal.run("user", "add", "admin", "--password-stdin", typed=GOOD)
    assert result.exit_code == 1
    assert result.stderr == "steckel: an account of this name exists\n"
    assert terminal.run("user", "disable", "admin").exit_code == 1
    assert terminal.run("user", "passwd", "nobody", "--password-stdin", typed=GOOD).exit_code == 1
    terminal.failure = StorageFailure("the database does not answer")
    assert terminal.run("user", "list").stderr == "steckel: the database does not answer\n"


def test_a_new_password_ends_the_sessions(terminal: Terminal) -> None:
    session = enter(terminal.security, "admin", GOOD)
    result = terminal.run("user", "passwd", "admin", "--password-stdin", typed="another good one\n")
    assert result.exit_code == 0
    assert terminal.security.sessions.find(session) is None
    assert can_log_in(terminal, "admin", "another good one")


def test_an_account_is_disabled_and_enabled(terminal: Terminal) -> None:
    terminal.run("user", "add", "alice", "--password-stdin", typed=GOOD)
    assert terminal.run("user", "disable", "alice").exit_code == 0
    assert not can_log_in(terminal, "alice", GOOD)
    assert terminal.run("user", "enable", "alice").exit_code == 0
    assert can_log_in(terminal, "alice", GOOD)


def test_accounts_are_listed_for_people_and_for_programs(terminal: Terminal) -> None:
    terminal.run(
        "user", "add", "alice", "--display-name", "[b]A[/b]", "--password-stdin", typed=GOOD
    )
    table = terminal.run("user", "list").stdout.splitlines()
    assert len(table) == 3
    assert "[b]A[/b]" in table[2]
    rows = json.loads(terminal.run("user", "list", "--json").stdout)
    assert [row["name"] for row in rows] == ["admin", "alice"]
    assert "argon2" not in json.dumps(rows)


def test_a_token_stands_alone_on_standard_output_and_acts_for_the_first_account(
    terminal: Terminal,
) -> None:
    result = terminal.run("token", "create", "night export")
    assert result.exit_code == 0
    token = result.stdout.removesuffix("\n")
    assert token.isascii()
    assert not set(token) & set(" \n")
    authenticate = terminal.security.authenticator.authenticate
    assert authenticate(Bearer(token=token), "192.0.2.1").name == "admin"
    assert authenticate(Basic(name="admin", password=token), "192.0.2.1").name == "admin"


def test_a_token_for_somebody_else_is_asked_for_by_name(terminal: Terminal) -> None:
    terminal.run("user", "add", "alice", "--password-stdin", typed=GOOD)
    token = terminal.run("token", "create", "x", "--user", "alice").stdout.strip()
    authenticate = terminal.security.authenticator.authenticate
    assert authenticate(Bearer(token=token), "192.0.2.1").name == "alice"
    result = terminal.run("token", "create", "x", "--user", "nobody")
    assert (result.exit_code, result.stdout) == (1, "")


def test_tokens_are_listed_without_their_secret_and_revoked(terminal: Terminal) -> None:
    token = terminal.run("token", "create", "export").stdout.strip()
    (row,) = json.loads(terminal.run("token", "list", "--json").stdout)
    assert row["name"] == "export"
    assert token not in terminal.run("token", "list", "--json").stdout
    assert row["id"] in terminal.run("token", "list", "--user", "admin").stdout
    assert terminal.run("token", "revoke", row["id"]).exit_code == 0
    assert terminal.security.tokens.find(token) is None
    assert terminal.run("token", "revoke", row["id"]).exit_code == 1


def test_an_application_entity_is_added_replaced_listed_and_removed(terminal: Terminal) -> None:
    assert terminal.run("ae", "add", "CT1", "192.0.2.7", "104").exit_code == 0
    added = terminal.run("ae", "add", "CT1", "192.0.2.8", "2762", "--tls", "--description", "new")
    assert added.exit_code == 0
    (row,) = json.loads(terminal.run("ae", "list", "--json").stdout)
    assert row == {
        "title": "CT1",
        "host": "192.0.2.8",
        "port": 2762,
        "tls": True,
        "description": "new",
        "rights": ["query", "retrieve", "store"],
        "networks": [],
        "sees": {"everything": True, "confidential": True, "rules": []},
        "certificate": "",
    }
    assert "192.0.2.8" in terminal.run("ae", "list").stdout
    assert terminal.run("ae", "remove", "CT1").exit_code == 0
    assert terminal.run("ae", "remove", "CT1").exit_code == 1


def test_terms_of_an_application_entity_stay_until_they_are_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    seen = tmp_path / "sees.json"
    seen.write_text('{"rules": [{"modalities": ["CT"]}]}')
    terms = ["--rights", "store, query", "--from", "10.1.0.0/16,192.0.2.7", "--sees", str(seen)]
    added = terminal.run("ae", "add", "CT1", "h", "104", *terms, "--certificate", "CN=ct1")
    assert added.exit_code == 0
    assert terminal.run("ae", "add", "CT1", "other", "104").exit_code == 0
    (row,) = json.loads(terminal.run("ae", "list", "--json").stdout)
    assert row["host"] == "other"
    assert row["rights"] == ["query", "store"]
    assert row["networks"] == ["10.1.0.0/16", "192.0.2.7"]
    assert row["sees"]["rules"] == [{"modalities": ["CT"]}]
    assert row["certificate"] == "CN=ct1"
    emptied = ["--rights", "", "--from", "", "--certificate", ""]
    assert terminal.run("ae", "add", "CT1", "other", "104", *emptied).exit_code == 0
    (row,) = json.loads(terminal.run("ae", "list", "--json").stdout)
    assert (row["rights"], row["networks"], row["certificate"]) == ([], [], "")
    assert "none" in terminal.run("ae", "list").stdout


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (["--rights", "admin"], "store"),
        (["--from", "10.1.0.7/16"], "network"),
        (["--sees", "missing.json"], "missing.json"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    terminal: Terminal, terms: list[str], reason: str
) -> None:
    result = terminal.run("ae", "add", "CT1", "h", "104", *terms)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert terminal.security.peers.list() == []


def test_an_application_entity_that_cannot_be_is_refused(terminal: Terminal) -> None:
    result = terminal.run("ae", "add", "SEVENTEEN_LETTERS", "host", "104")
    assert result.exit_code == 1
    assert "16" in result.stderr


def test_an_echo_says_how_it_went(terminal: Terminal) -> None:
    assert terminal.run("ae", "echo", "CT1").exit_code == 1
    terminal.run("ae", "add", "CT1", "192.0.2.7", "104")
    result = terminal.run("ae", "echo", "CT1")
    assert (result.exit_code, result.stderr) == (0, "CT1 answered in 3 ms\n")
    terminal.echo.answer = EchoResult(ok=False, milliseconds=1, message="connection refused")
    result = terminal.run("ae", "echo", "CT1")
    assert (result.exit_code, result.stderr) == (
        1,
        "steckel: CT1 did not answer: connection refused\n",
    )
    assert terminal.echo.asked[0].host == "192.0.2.7"


def test_an_account_for_a_machine_has_tokens_and_no_password(terminal: Terminal) -> None:
    assert terminal.run("user", "add", "gateway", "--service", "--role", "guest").exit_code == 0
    assert not can_log_in(terminal, "gateway", "")
    token = terminal.run("token", "create", "x", "--user", "gateway").stdout.strip()
    principal = terminal.security.authenticator.authenticate(Bearer(token=token), "192.0.2.1")
    assert (principal.name, principal.role) == ("gateway", "guest")
    assert "for a machine" in terminal.run("user", "list").stdout
    refused = terminal.run("user", "passwd", "gateway", "--password-stdin", typed=GOOD)
    assert refused.stderr == "steckel: an account for a machine has no password\n"


def test_a_token_is_as_narrow_and_as_short_as_it_is_told(terminal: Terminal) -> None:
    token = terminal.run(
        "token", "create", "x", "--scope", "read,export", "--expires", "90d",
        "--sees", '{"rules": [{"modalities": ["CT"]}]}',
    ).stdout.strip()  # fmt: skip
    principal = terminal.security.authenticator.authenticate(Bearer(token=token), "192.0.2.1")
    assert principal.actions == {"read", "export"}
    assert principal.view.within is not None
    (row,) = json.loads(terminal.run("token", "list", "--json").stdout)
    assert row["actions"] == ["export", "read"]
    assert row["expires"] > row["created"]
    assert "export read, a part of the studies" in terminal.run("token", "list").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--scope", "everything"),
        ("--scope", ""),
        ("--expires", "soon"),
        ("--expires", "0d"),
        ("--sees", "{"),
        ("--sees", '{"rules": [{}]}'),
    ],
)
def test_a_token_that_cannot_be_is_refused_in_a_line(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    result = terminal.run("token", "create", "x", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("steckel: ")
    assert result.stderr.count("\n") == 1


def test_second_factors_are_reset_and_required(terminal: Terminal) -> None:
    factors = terminal.security.factors
    secret = factors.begin_totp("admin")
    factors.confirm_totp("admin", code_of(secret, int(time.time()) // PERIOD))
    assert terminal.security.accounts.get("admin").has_second_factor
    assert terminal.run("user", "reset-2fa", "admin").exit_code == 0
    assert not terminal.security.accounts.get("admin").has_second_factor
    assert terminal.run("user", "require-2fa", "admin").exit_code == 0
    assert terminal.security.roles.find("admin").needs_second_factor
    assert terminal.run("user", "require-2fa", "nobody").exit_code == 1
    assert terminal.run("user", "require-2fa").exit_code == 0
    assert not terminal.security.roles.find("admin").needs_second_factor


def test_sessions_are_listed_and_ended(terminal: Terminal) -> None:
    enter(terminal.security, "admin", GOOD, "192.0.2.77")
    assert "192.0.2.77" in terminal.run("session", "list", "--user", "admin").stdout
    assert terminal.run("session", "end", "admin").exit_code == 0
    assert "192.0.2.77" not in terminal.run("session", "list").stdout
    assert terminal.run("session", "end", "nobody").exit_code == 1


def test_a_password_that_is_given_may_have_to_be_changed(terminal: Terminal) -> None:
    given = ("user", "passwd", "admin", "--must-change", "--password-stdin")
    assert terminal.run(*given, typed="another good one\n").exit_code == 0
    assert terminal.security.accounts.get("admin").must_change

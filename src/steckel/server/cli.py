"""The command ``steckel``."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from steckel import __version__
from steckel.errors import SteckelError
from steckel.server.cli_archive import Home
from steckel.server.cli_archive import register as register_archive
from steckel.server.settings import Settings, load_settings
from steckel.server.supervisor import ROLES, parse_roles, run_node

app = typer.Typer(
    name="steckel",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def settings_from(**flags: str | None) -> Settings:
    """Return the settings of this call."""
    return load_settings(os.environ, {k: v for k, v in flags.items() if v is not None})


@contextmanager
def failing_politely() -> Iterator[None]:
    """Turn an error into one line and an exit status."""
    try:
        yield
    except SteckelError as problem:
        _err.print(f"steckel: {problem}", markup=False)
        raise typer.Exit(2) from None
    except OSError as problem:
        what = f"{problem.filename}: " if problem.filename else ""
        _err.print(f"steckel: {what}{problem.strerror or problem}", markup=False)
        raise typer.Exit(2) from None


_Http = Annotated[str | None, typer.Option("--http", metavar="HOST:PORT", help="Web listener.")]
_Dicom = Annotated[str | None, typer.Option("--dicom", metavar="HOST:PORT", help="DIMSE listener.")]
_Aet = Annotated[str | None, typer.Option("--aet", metavar="AET", help="Our AE title.")]


def _print_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def steckel(
    home: Home = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Steckel, a PACS: archive, DICOM and DICOMweb server, workstation in the browser.

    Settings are in docs/settings.md; a flag beats the environment (STECKEL_…), which
    beats the file steckel.toml in the home.
    """
    if home is not None:
        os.environ["STECKEL_HOME"] = home  # for whichever command follows


@app.command()
def serve(
    roles: Annotated[
        str, typer.Option(metavar="ROLE,…", help="Which parts to run here.")
    ] = ",".join(ROLES),
    home: Home = None,
    http: _Http = None,
    dicom: _Dicom = None,
    aet: _Aet = None,
) -> None:
    """Run the server, until Ctrl-C."""
    with failing_politely():
        settings = settings_from(home=home, http=http, dicom=dicom, aet=aet)
        chosen = parse_roles(roles)
        _warn_of_open_listeners(settings)
        run_node(settings, chosen)


@app.command()
def demo(home: Home = None, http: _Http = None, dicom: _Dicom = None, aet: _Aet = None) -> None:
    """Run the server on demo data, in a home of its own."""
    from steckel.server.demo import make_demo  # noqa: PLC0415

    with failing_politely():
        chosen = home or os.environ.get("STECKEL_HOME") or "steckel-demo"
        settings = settings_from(home=chosen, http=http, dicom=dicom, aet=aet)
        _warn_of_open_listeners(settings)
        password = make_demo(settings, _err)
        run_node(replace(settings, admin_password=password), ROLES, show_password=True)


def _warn_of_open_listeners(settings: Settings) -> None:
    if not settings.http.is_loopback and settings.http_tls_cert is None:
        _err.print(
            f"warning: http = {settings.http} is reachable from other machines without TLS: "
            "passwords and images travel in the clear; set http_tls_cert and http_tls_key",
            markup=False,
        )
    if not settings.dicom.is_loopback:
        _err.print(
            f"warning: dicom = {settings.dicom} is reachable from other machines without TLS; "
            "only registered AE titles may call; dicom_tls adds an encrypted listener",
            markup=False,
        )
    if not settings.hl7.is_loopback:
        _err.print(
            f"warning: hl7 = {settings.hl7} is reachable from other machines without TLS: whoever "
            "reaches it can send messages, and they travel in the clear; hl7_tls adds an "
            "encrypted listener, hl7_tls_ca asks senders for a certificate",
            markup=False,
        )


@app.command("version")
def print_version() -> None:
    """Print the version."""
    print(__version__)


register_archive(app, settings_from, failing_politely)


def main() -> None:
    """Run the command."""
    if sys.argv[1:2] not in (["serve"], ["demo"]):
        # The supervisor stays small: it never loads what it does not use.
        from steckel.server.cli_accounts import register  # noqa: PLC0415
        from steckel.server.cli_audit import register as register_audit  # noqa: PLC0415
        from steckel.server.cli_ca import register as register_ca  # noqa: PLC0415
        from steckel.server.cli_desk import desk_opener, house_opener, outbound_opener  # noqa: PLC0415
        from steckel.server.cli_destinations import register as register_outbound  # noqa: PLC0415

        register(app, desk_opener(settings_from))
        register_audit(app, house_opener(settings_from), failing_politely)
        register_outbound(app, outbound_opener(settings_from))
        register_ca(app, settings_from, failing_politely)
    app()


if __name__ == "__main__":
    main()

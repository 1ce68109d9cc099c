"""A certificate authority of one's own: for trying out TLS, and for a site that has none.

The rule: a private key is readable by its owner alone from the moment it is a file, and nothing
that is there is overwritten. Keys are on P-256, which every peer of today knows (RFC 9325 4.4).
"""

import ipaddress
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from steckel.errors import InputError

_AUTHORITY_DAYS = 3650
_DAYS = 825
#: Clocks of devices are off.
_LEEWAY = timedelta(hours=1)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """The files of a certificate and its key."""

    certificate: Path
    key: Path


class DevelopmentCa:
    """An authority in a folder: ``ca.pem`` and ``ca.key``, and what it issued."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def authority(self) -> Pair:
        """The files of the authority."""
        return self._pair("ca")

    def found(self, name: str) -> Pair:
        """Make the authority.

        Raises
        ------
        InputError
            There is one.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _subject(name)
        certificate = (
            _builder(subject, subject, key.public_key(), _AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(of_authority=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .sign(key, hashes.SHA256())
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._write("ca", key, certificate)

    def issue(self, name: str, hosts: Iterable[str] = (), *, client: bool = False) -> Pair:
        """Make a certificate for a server that also calls others, or for a client alone.

        Parameters
        ----------
        hosts
            Names and addresses under which it is reached; `name` is one of them if it can be.

        Raises
        ------
        InputError
            There is no authority, or there is a certificate of this name, or a name cannot be.
        """
        if not _NAME.fullmatch(name) or name == "ca":
            raise InputError("a name has up to 64 letters, digits and . _ -, and is not 'ca'")
        issuer, issuer_key = self._load()
        key = ec.generate_private_key(ec.SECP256R1())
        named = [*([name] if _HOST.fullmatch(name) else []), *hosts]
        builder = (
            _builder(_subject(name), issuer.subject, key.public_key(), _DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(of_authority=False), critical=True)
            .add_extension(_purposes(client=client), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
            )
        )
        if named:
            alternatives = x509.SubjectAlternativeName(map(_alternative, dict.fromkeys(named)))
            builder = builder.add_extension(alternatives, critical=False)
        return self._write(name, key, builder.sign(issuer_key, hashes.SHA256()))

    def _pair(self, name: str) -> Pair:
        return Pair(certificate=self._folder / f"{name}.pem", key=self._folder / f"{name}.key")

    def _load(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        files = self.authority
        try:
            certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
            key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        except FileNotFoundError as problem:
            raise InputError(
                f"there is no authority in {self._folder}: `steckel ca init` makes one"
            ) from problem
        except ValueError as problem:
            raise InputError(f"the authority in {self._folder} cannot be read") from problem
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise InputError(f"the authority in {self._folder} is none that `ca init` made")
        return certificate, key

    def _write(
        self, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
    ) -> Pair:
        files = self._pair(name)
        encoded = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        for path, content, mode in (
            (files.key, encoded, 0o600),
            (files.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644),
        ):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            except FileExistsError as problem:
                raise InputError(f"{path} is there already: remove it first") from problem
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        return files


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LEEWAY)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, of_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not of_authority,
        key_cert_sign=of_authority,
        crl_sign=of_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _purposes(*, client: bool) -> x509.ExtendedKeyUsage:
    both = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH] if client else both)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        if not _HOST.fullmatch(host):
            raise InputError(f"{host!r} is no name of a host and no address") from None
        return x509.DNSName(host)

r"""The operator's key: signs what leaves the house, and lets others check it.

Ed25519 over the plain bytes of a file, keys as PEM, so that a signature can also be checked with
nothing but OpenSSL:

    openssl pkeyutl -verify -pubin -inkey KEY.pub.pem -rawin \
        -in manifest.json -sigfile manifest.sig

A key is known by its fingerprint, the SHA-256 of the public key in DER. The private key is read
from a file of the operator's and is never stored, logged or put into a pack.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from app.domain.errors import ConflictError, InvalidInputError

ALGORITHM = "Ed25519"
_LARGEST_FILE = 64 * 1024


@dataclass(frozen=True)
class PublicKey:
    """What checks a signature."""

    key: Ed25519PublicKey

    @classmethod
    def read(cls, path: Path) -> "PublicKey":
        """Return the public key in a PEM file.

        Raises:
            InvalidInputError: when the file cannot be read or holds no Ed25519 public key.
        """
        data = _read(path)
        if b"PRIVATE KEY" in data:
            raise InvalidInputError(
                f"{path} holds a private key, which nobody but its owner should have; "
                "give the public one"
            )
        try:
            key = load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm):
            raise InvalidInputError(f"{path} holds no public key in PEM") from None
        if not isinstance(key, Ed25519PublicKey):
            raise InvalidInputError(f"{path} holds a key of another kind than {ALGORITHM}")
        return cls(key)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key in DER, in hex."""
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    @property
    def pem(self) -> bytes:
        """The key as a file."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verifies(self, data: bytes, signature: bytes) -> bool:
        """Tell whether the signature was made over exactly this data by the key's owner."""
        try:
            self.key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The private half; its `repr` shows nothing of it."""

    key: Ed25519PrivateKey

    @classmethod
    def read(cls, path: Path) -> "SigningKey":
        """Return the private key in a PEM file without a password.

        Raises:
            InvalidInputError: when the file cannot be read or holds no such key.
        """
        try:
            key = load_pem_private_key(_read(path), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InvalidInputError(
                f"{path} holds no private key in PEM that opens without a password"
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidInputError(f"{path} holds a key of another kind than {ALGORITHM}")
        return cls(key)

    @property
    def public(self) -> PublicKey:
        """The half that others may have."""
        return PublicKey(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature; the same data gives the same ones."""
        return self.key.sign(data)


def make_key(private: Path, public: Path) -> SigningKey:
    """Make a key pair and write both halves; the private one is readable by its owner alone.

    Raises:
        ConflictError: when either file exists: a key that is written over is lost for ever.
        OSError: when a file cannot be written.
    """
    for path in (private, public):
        if path.exists():
            raise ConflictError(f"{path} exists already and is left as it is")
    made = SigningKey(Ed25519PrivateKey.generate())
    pem = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(private, pem, 0o600)
    _write_new(public, made.public.pem, 0o644)
    return made


def _write_new(path: Path, data: bytes, mode: int) -> None:
    # Opened with its mode, so that there is no moment at which others could read it.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_FILE)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from None

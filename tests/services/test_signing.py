"""The operator's key: made once, kept closed, and read again."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from app.domain.errors import ConflictError, InvalidInputError
from app.services.signing import PublicKey, SigningKey, make_key


def test_a_signature_holds_for_its_data_alone(tmp_path: Path) -> None:
    key = make_key(tmp_path / "k.pem", tmp_path / "k.pub")
    signature = SigningKey.read(tmp_path / "k.pem").sign(b"data")
    public = PublicKey.read(tmp_path / "k.pub")
    assert public.verifies(b"data", signature)
    assert not public.verifies(b"Data", signature)
    assert not public.verifies(b"data", signature[:-1])
    assert public.fingerprint == key.public.fingerprint
    assert len(public.fingerprint) == 64


def test_the_private_key_is_closed_and_never_written_over(tmp_path: Path) -> None:
    make_key(tmp_path / "k.pem", tmp_path / "k.pub")
    assert stat.S_IMODE((tmp_path / "k.pem").stat().st_mode) == 0o600
    before = (tmp_path / "k.pem").read_bytes()
    with pytest.raises(ConflictError, match="exists already"):
        make_key(tmp_path / "k.pem", tmp_path / "other.pub")
    with pytest.raises(ConflictError, match="exists already"):
        make_key(tmp_path / "other.pem", tmp_path / "k.pub")
    assert (tmp_path / "k.pem").read_bytes() == before
    assert not (tmp_path / "other.pem").exists()


def test_keys_that_cannot_be_used_are_refused_by_name(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1())
    locked = BestAvailableEncryption(b"secret")
    files = {
        "other.pem": other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "locked.pem": other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked),
        "junk.pem": b"junk",
        "empty.pem": b"",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    for name in [*files, "absent.pem"]:
        with pytest.raises(InvalidInputError, match=name):
            SigningKey.read(tmp_path / name)
        with pytest.raises(InvalidInputError, match=name):
            PublicKey.read(tmp_path / name)
    info = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "other.pub").write_bytes(info)
    with pytest.raises(InvalidInputError, match="another kind"):
        PublicKey.read(tmp_path / "other.pub")


def test_a_private_key_is_not_taken_for_a_public_one_nor_shown(tmp_path: Path) -> None:
    key = make_key(tmp_path / "k.pem", tmp_path / "k.pub")
    with pytest.raises(InvalidInputError, match="private key"):
        PublicKey.read(tmp_path / "k.pem")
    assert "PRIVATE" not in repr(key)

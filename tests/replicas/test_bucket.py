"""Blobs in an S3-compatible store, over HTTP: kept once, found by everyone, missed by name."""

import boto3
import pytest
from s3fs import S3FileSystem

from app.domain.errors import NotFoundError, StorageError
from app.storage.blobs import FsspecBlobStore

DATA = b"a photo's bytes"


def test_what_one_process_keeps_another_one_reads(bucket: str) -> None:
    one, other = FsspecBlobStore(bucket), FsspecBlobStore(f"{bucket}/")
    with pytest.raises(NotFoundError):
        other.get("0" * 64)
    key = one.put(DATA)
    assert one.put(DATA) == key
    assert other.exists(key)
    assert other.get(key) == DATA
    assert not other.exists("0" * 64)


def test_what_is_removed_is_gone(bucket: str) -> None:
    blobs = FsspecBlobStore(bucket)
    key = blobs.put(b"a photo of last month")
    blobs.remove(key)
    blobs.remove(key)
    assert not FsspecBlobStore(bucket).exists(key)


def test_a_damaged_blob_is_noticed_and_mended_by_the_next_put(bucket: str) -> None:
    blobs = FsspecBlobStore(bucket)
    key = blobs.put(b"another photo")
    name, _, prefix = bucket.removeprefix("s3://").partition("/")
    place = f"{prefix}/sha256/{key[:2]}/{key}"
    boto3.client("s3").put_object(Bucket=name, Key=place, Body=b"half")
    with pytest.raises(StorageError, match="are damaged"):
        blobs.get(key)
    blobs.put(b"another photo")
    assert blobs.get(key) == b"another photo"


def test_a_store_that_cannot_be_reached_is_told_plainly(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()  # or the one that knows the way would be used
    try:
        with pytest.raises(StorageError, match="could not be written: the store failed"):
            FsspecBlobStore("s3://photos/x").put(DATA)
    finally:
        S3FileSystem.clear_instance_cache()


def test_a_bucket_that_is_not_there_is_told_plainly(bucket: str) -> None:
    with pytest.raises(StorageError, match="could not be written"):
        FsspecBlobStore("s3://no-such-bucket/x").put(DATA)

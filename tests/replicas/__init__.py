"""Several processes of one service, over one PostgreSQL and one S3-compatible store."""

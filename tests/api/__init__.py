"""The HTTP API, asked as a caller would: over real SQLite, with the weight-free embedder."""

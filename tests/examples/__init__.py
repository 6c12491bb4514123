"""The example programs, run as they are against a real server."""

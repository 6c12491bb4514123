"""Tests of app.media.containers: what headers say before anything is decoded."""

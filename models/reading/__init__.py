"""Text in photos: what is written where, and how sure the reader is of it."""

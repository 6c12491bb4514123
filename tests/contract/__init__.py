"""The service as a whole against its own description, and against whatever is thrown at it."""

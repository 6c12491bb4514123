"""The use cases: assess a listing, enrol references, keep the gallery current, calibrate, build.

Every door (HTTP, command line, batch, evaluation) calls these classes and no other path exists, so
a score cannot depend on the door that a photo came in by.
"""

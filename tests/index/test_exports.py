"""What the package offers is listed, sorted, and there."""

import index


def test_exports_are_sorted_unique_and_all_there() -> None:
    names = index.__all__
    # Constants, then classes, then functions, as the linter sorts them.
    assert names == sorted(set(names), key=lambda name: (not name.isupper(), name.islower(), name))
    assert all(hasattr(index, name) for name in names)

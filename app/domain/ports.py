"""What the judge needs from those who keep things: small roles, one per concern.

`app/storage` implements them on SQLAlchemy and fsspec; a use case takes only the roles it uses.
SQL is the truth: a registry change is visible to every reader as soon as its call returns, and
raises the registry's version by one. Every method is safe to call from several threads.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.assessment import Assessment
from app.domain.expected_place import ExpectedPlace

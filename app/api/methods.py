"""Which methods a path answers, over all routes that share it.

Starlette's own 405 names the methods of the first route that fits the path; a resource has several,
one for each method, and `Allow` has to list them all (RFC 9110, 15.5.6).
"""

from collections.abc import Iterable

from starlette._utils import get_route_path  # what routes are matched by, and nothing else
from starlette.routing import BaseRoute, Route
from starlette.types import Scope


class Methods:
    """Knows every route of the application."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._known = [
            (route.path_regex, frozenset(route.methods or ()))
            for route in routes
            if isinstance(route, Route)
        ]

    def of(self, scope: Scope) -> frozenset[str]:
        """Return the methods of the path that is asked for; none where there is no such path."""
        path = get_route_path(scope)
        fitting = (methods for pattern, methods in self._known if pattern.match(path))
        return frozenset[str]().union(*fitting)

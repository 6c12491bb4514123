"""`/docs`: the description as a page that requests can be tried out on.

The page's script and style come from a public network, so a browser without access to it shows an
empty page; `/openapi.json` is always served from here.
"""

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
_NO_ICON = "data:,"  # the library's default is fetched from its own site


@router.get("/docs")
async def get_documentation(request: Request) -> HTMLResponse:
    """Return the page."""
    root: str = request.scope.get("root_path", "").rstrip("/")
    return get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json", title="Touchstone API", swagger_favicon_url=_NO_ICON
    )

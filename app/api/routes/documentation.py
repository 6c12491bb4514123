"""`/docs`: the description as a page that requests can be tried out on.

The page's script and style are served from here, out of the `fastapi-offline` package, so that it
works on a machine without a network and tells no third party who reads it.
"""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)
_ASSETS = "/docs-assets"
# The page starts its script with a line inside itself, and draws with styles and images of its own.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
_NO_ICON = "data:,"  # the library's default is fetched from its own site


def mount_assets(app: FastAPI) -> None:
    """Serve the page's script and style."""
    folder = Path(str(files("fastapi_offline"))) / "static"
    app.mount(_ASSETS, StaticFiles(directory=folder))


@router.get("/docs")
async def get_documentation(request: Request) -> HTMLResponse:
    """Return the page."""
    root: str = request.scope.get("root_path", "").rstrip("/")
    page = get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title="Touchstone API",
        swagger_js_url=f"{root}{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{root}{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=_NO_ICON,
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page

"""What a page of ours lets the browser do, whatever ends up in its text.

One policy for the workstation, and one for OHIF that allows style elements as well. The rule: our
own files, and nothing else; each exception below names what needs it.

A script's own policy counts only where the script is a worker (a browser takes it from
the answer that brought the worker, not from the page: CSP3 4.2). The codecs that decode
there build functions from text, so a worker may, and a page may not.
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

_PAGE = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # WebAssembly
    "worker-src": "'self' blob:",  # some workers are started from a blob
    "style-src": "'self'",
    "img-src": "'self' data: blob:",  # thumbnails and captures are blobs
    "media-src": "'self' blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' blob: data:",
    "object-src": "'self' blob:",  # encapsulated PDF
    "frame-src": "'self' blob:",  # OHIF in the workstation, documents
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}

_WORKER = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-eval' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    "connect-src": "'self' blob: data:",
}

_SCRIPTS = {".js", ".mjs"}


def policy_text(directives: Mapping[str, str]) -> str:
    """Spell a policy as the value of its header."""
    return "; ".join(f"{name} {value}" for name, value in directives.items())


PAGE_POLICY = policy_text(_PAGE)
#: OHIF and Cornerstone3D add style elements while they run, under no name that is known before.
VIEWER_POLICY = policy_text({**_PAGE, "style-src": "'self' 'unsafe-inline'"})
WORKER_POLICY = policy_text(_WORKER)


def text_page_policy(style: str) -> str:
    """Return the policy of a page of text alone, with one style element that holds this."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'self'"


def headers_for(path: Path, page_policy: str = PAGE_POLICY) -> dict[str, str]:
    """Return the headers that keep a page, a worker or another file within its limits."""
    return {
        "Content-Security-Policy": WORKER_POLICY if path.suffix in _SCRIPTS else page_policy,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }

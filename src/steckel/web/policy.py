"""What a page of ours lets the browser do, whatever ends up in its text.

One policy for the workstation and for OHIF. Its rule: our own files, and nothing else;
each exception below names what needs it.
"""

_DIRECTIVES = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # the codecs are WebAssembly
    "worker-src": "'self' blob:",  # workers that decode are started from a blob
    "style-src": "'self' 'unsafe-inline'",  # components set style attributes
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

CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in _DIRECTIVES.items())

#: Sent with every page and every file of a page: scripts and workers carry a policy too.
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

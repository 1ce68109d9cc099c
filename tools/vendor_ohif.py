"""Fetch the prebuilt OHIF viewer and make it live at ``/ohif/``.

Run by ``make setup``: ``python tools/vendor_ohif.py [OUTDIR]``. Needs Node and npm,
and nothing of Python but its standard library. OHIF is not rebuilt: the package's
``dist/`` is a complete static site, and this script moves it from ``/`` to
``/ohif/``, takes out what would talk to other hosts, minifies and precompresses.

Its rule: every change to OHIF is a counted textual replacement. When a new version
of the package has another layout, a count is wrong and the script stops; it never
leaves a viewer that is half patched, because the result is renamed into place last.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PACKAGE = "@ohif/app"
VERSION = "3.13.2"
INTEGRITY = (
    "sha512-"
    "WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA=="
)
PREFIX = "/ohif/"
HERE = Path(__file__).resolve().parent
NODE_PART = HERE / "ohif"
DEFAULT_TARGET = HERE.parent / "src" / "steckel" / "web" / "static" / "ohif"
MANIFEST = "vendored.json"

#: The runtime of the "segment anything" tool (136 MB, its model would come from another host),
#: the demo configurations, the service worker, and the pages and icons of an installable app.
LEFT_OUT = re.compile(
    r"(ort|customizations)/.*|.*\.map|_headers|_redirects|serve\.json|manifest\.json"
    r"|app-config\.js|google\.js|sw\.js|init-service-worker\.js"
    r"|silent-refresh\.html|oidc-client\.min\.js|polyfill\.min\.js|es6-shim\.min\.js"
    r"|assets/(apple-touch-startup-image|yandex|mstile|firefox_app|browserconfig|manifest)[^/]*"
)

HASH = re.compile(r"\b[0-9a-f]{16}\b")

#: What the bundles would ask of other hosts if a tool led there, and how often each is written:
#: models of the segment-anything tool, an orientation marker, a codec's default address,
#: a translation service, Google's archive.
OUTSIDE_HOSTS = {
    "https://huggingface.co/": 6,
    "https://raw.githubusercontent.com/Slicer/": 2,
    "https://cdn.jsdelivr.net/": 1,
    "https://api.locize.io/": 7,
    "https://cloudresourcemanager.googleapis.com/": 1,
    "https://healthcare.googleapis.com/": 1,
}

#: Takes the place of two inline scripts, so that the page needs no exception in its policy.
BOOT_SCRIPT = f"""\
console.time('scriptToView');
window.PUBLIC_URL = '{PREFIX}';
window.browserImportFunction = function (name) {{
  return import(name);
}};
"""


class LayoutChanged(Exception):
    """The package is not laid out as the replacements expect."""


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """A text that must occur exactly `count` times in the files that match `files`."""

    files: str
    old: str
    new: str
    count: int


REPLACEMENTS = (
    Replacement(
        files="*.bundle.*.js",
        old='__webpack_require__.p = "/";',
        new=f'__webpack_require__.p = "{PREFIX}";',
        count=8,
    ),
    Replacement(
        files="app.bundle.*.js",
        old="'/dicom-microscopy-viewer/",
        new=f"'{PREFIX}dicom-microscopy-viewer/",
        count=1,
    ),
    Replacement(
        files="app.bundle.*.js",
        old="window.PUBLIC_URL || '/'",
        new=f"window.PUBLIC_URL || '{PREFIX}'",
        count=2,
    ),
    # A content item need not have a name (PS3.3 C.17.3.1: images, coordinates); OHIF's report
    # page fell over one that has none, and took the whole study with it.
    Replacement(
        files="*.bundle.*.js",
        old="  } = ConceptNameCodeSequence;",
        new="  } = ConceptNameCodeSequence ?? {};",
        count=2,
    ),
    # What OHIF cannot show (key images, presentation states) has no frames to load ahead.
    Replacement(
        files="app.bundle.*.js",
        old="    return dataSource.getImageIdsForDisplaySet(displaySet);\n",
        new="    return displaySet.unsupported\n"
        "      ? [] : dataSource.getImageIdsForDisplaySet(displaySet);\n",
        count=1,
    ),
    # Of "SIGMOID" it took the first letter, threw on it, and the image stayed black; the same
    # with LINEAR and LINEAR_EXACT. What is none of the three is as good as absent (PS3.3 C.11.2).
    Replacement(
        files="app.bundle.*.js",
        old="(voiLutModule.voiLUTFunction?.length &&\n"
        "                    voiLutModule.voiLUTFunction[0])",
        new="['LINEAR', 'LINEAR_EXACT', 'SIGMOID'].find(known =>\n"
        "                    [voiLutModule.voiLUTFunction].flat()[0] === known)",
        count=1,
    ),
    Replacement(files="*.css", old="url(/", new=f"url({PREFIX}", count=5),
    *(
        Replacement(files="*.bundle.*.js", old=host, new=f"{PREFIX}not-shipped/", count=count)
        for host, count in OUTSIDE_HOSTS.items()
    ),
)


def main() -> int:
    """Vendor OHIF unless the target already holds what this script would make."""
    target = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEFAULT_TARGET
    wanted = {"package": PACKAGE, "version": VERSION, "made_by": fingerprint()}
    if read_manifest(target) == wanted:
        print(f"OHIF {VERSION} is up to date")
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ohif-", dir=target.parent) as scratch:
        made = vendor(Path(scratch))
        (made / MANIFEST).write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    print(f"OHIF {VERSION} is in place")
    return 0


def vendor(scratch: Path) -> Path:
    """Make the viewer in a folder of `scratch` and return that folder."""
    made = scratch / "viewer"
    print(f"OHIF {VERSION}: fetching")
    unpack(fetch(scratch), made)
    patch(made)
    print(f"OHIF {VERSION}: minifying and compressing")
    npm("ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=NODE_PART)
    subprocess.run(["node", "shrink.mjs", str(made)], cwd=NODE_PART, check=True)
    return made


def fingerprint() -> str:
    """Return a digest of everything of ours that decides what the result looks like."""
    digest = hashlib.sha256()
    for path in (Path(__file__), NODE_PART / "shrink.mjs", NODE_PART / "package-lock.json"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_manifest(target: Path) -> dict[str, str] | None:
    """Return what a former run wrote about itself, or nothing."""
    try:
        found: dict[str, str] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def npm(*arguments: str, folder: Path) -> None:
    """Run npm quietly; what it says on standard error is shown when it fails."""
    done = subprocess.run(
        ["npm", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise SystemExit(f"npm {arguments[0]} failed")


def fetch(scratch: Path) -> Path:
    """Return the package's archive, its digest compared with the pinned one.

    Packed and not installed: the package names a thousand others that only its own
    build needs.
    """
    npm("pack", f"{PACKAGE}@{VERSION}", "--pack-destination", str(scratch), folder=scratch)
    archive = scratch / f"ohif-app-{VERSION}.tgz"
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise SystemExit(f"{archive.name} is not the pinned one")
    return archive


def unpack(archive: Path, made: Path) -> None:
    """Take the site and the licence out of the archive."""
    with tarfile.open(archive) as package:
        for member in package:
            name = wanted_name(member.name)
            content = package.extractfile(member) if name and member.isfile() else None
            if name and content:
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def wanted_name(member: str) -> str | None:
    """Say where a file of the package goes; nothing if it is left out."""
    if member == "package/LICENSE":
        return "LICENSE"
    parts = PurePosixPath(member).parts
    if parts[:2] != ("package", "dist") or ".." in parts:
        return None
    name = "/".join(parts[2:])
    return None if LEFT_OUT.fullmatch(name) else name


def patch(made: Path) -> None:
    """Apply every replacement; stop if one does not fit."""
    for replacement in REPLACEMENTS:
        replace_counted(made, replacement)
    for script in made.glob("dicom-microscopy-viewer/*.js"):
        script.write_text(
            re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", script.read_text("utf-8"))
        )
    page = made / "index.html"
    page.write_text(patched_page(page.read_text("utf-8")), encoding="utf-8")
    (made / "boot.js").write_text(BOOT_SCRIPT, encoding="utf-8")
    rename_hashed(made)


def replace_counted(made: Path, replacement: Replacement) -> None:
    """Replace a text in all files that have it, and check how often that was."""
    found = 0
    for path in made.glob(replacement.files):
        text = path.read_text("utf-8")
        if occurrences := text.count(replacement.old):
            found += occurrences
            path.write_text(text.replace(replacement.old, replacement.new), encoding="utf-8")
    if found != replacement.count:
        raise LayoutChanged(
            f"{replacement.old!r} is in {replacement.files} {found} times, "
            f"not {replacement.count}: the layout of {PACKAGE} changed"
        )


def rename_hashed(made: Path) -> None:
    """Give hashed files names that change with what we do to them.

    Browsers keep ``app.bundle.<hash>.js`` for a year, and the hash is of the content
    before our changes.
    """
    hashes = {found[0] for path in made.iterdir() if (found := HASH.search(path.name))}
    ours = fingerprint()
    renamed = {old: hashlib.sha256((ours + old).encode()).hexdigest()[:16] for old in hashes}

    def new_name(match: re.Match[str]) -> str:
        return renamed.get(match[0], match[0])

    for path in [*made.glob("*.js"), *made.glob("*.css"), *made.glob("*.html")]:
        path.write_text(HASH.sub(new_name, path.read_text("utf-8")), encoding="utf-8")
    for path in list(made.iterdir()):
        path.rename(path.with_name(HASH.sub(new_name, path.name)))


def patched_page(page: str) -> str:
    """Return the start page with our prefix, without inline scripts and service worker."""
    page, icons = re.subn(
        r'<link rel="(?:manifest|apple-touch-startup-image|yandex-tableau-widget)"[^>]*>'
        r'|<meta name="msapplication-[^>]*>',
        "",
        page,
    )
    page, workers = re.subn(r'<script [^>]*src="/init-service-worker\.js"></script>', "", page)
    page, inline = re.subn(r"<script>[^<]*</script>", "", page)
    page = page.replace('<script rel="preload"', '<script src="/boot.js"></script><script', 1)
    page = re.sub(r'\b(href|src)="/', rf'\1="{PREFIX}', page)
    expected = (
        f'src="{PREFIX}boot.js"',
        f'src="{PREFIX}app-config.js"',
        f'src="{PREFIX}app.bundle.',
    )
    if not (icons and workers == 1 and inline == 2 and all(text in page for text in expected)):
        raise LayoutChanged(f"index.html of {PACKAGE} is not as expected")
    return page


if __name__ == "__main__":
    sys.exit(main())

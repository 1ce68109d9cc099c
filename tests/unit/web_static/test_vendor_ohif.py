"""The script that vendors OHIF, on a package made small, and the result where it was run."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).parents[3]
VIEWER = CHECKOUT / "src" / "steckel" / "web" / "static" / "ohif"
PAGE = (
    '<meta name="msapplication-config" content="/x"><script>window.PUBLIC_URL="/"</script>'
    '<link rel="manifest" href="/manifest.json"><link rel="icon" href="/assets/a.png">'
    '<script rel="preload" as="script" src="/app-config.js"></script>'
    '<script rel="preload" type="module" src="/init-service-worker.js"></script>'
    '<script>window.PUBLIC_URL="/"</script>'
    '<script defer src="/app.bundle.0123456789abcdef.js"></script>'
)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = CHECKOUT / "tools" / "vendor_ohif.py"
    spec = importlib.util.spec_from_file_location("vendor_ohif", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["vendor_ohif"] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_moved_and_has_no_inline_script(tool: ModuleType) -> None:
    page = tool.patched_page(PAGE)
    assert "<script>" not in page
    assert "service-worker" not in page
    assert "manifest" not in page
    assert 'src="/ohif/app.bundle.0123456789abcdef.js"' in page
    assert page.index("boot.js") < page.index("app-config.js") < page.index("app.bundle")
    assert '="/ohif/' in page
    assert '="/a' not in page


@pytest.mark.parametrize(
    "lost", ["<script>window", "init-service-worker", "app-config", "app.bundle"]
)
def test_a_page_of_another_layout_stops_the_script(tool: ModuleType, lost: str) -> None:
    with pytest.raises(tool.LayoutChanged):
        tool.patched_page(PAGE.replace(lost, "other", 1))


def test_a_replacement_that_fits_is_made_everywhere(tool: ModuleType, tmp_path: Path) -> None:
    for name in ("a.css", "b.css"):
        (tmp_path / name).write_text("url(/x) url(/y)")
    tool.replace_counted(tmp_path, tool.Replacement(files="*.css", old="(/", new="(/p/", count=4))
    assert (tmp_path / "a.css").read_text() == "url(/p/x) url(/p/y)"


def test_a_replacement_that_does_not_fit_stops_the_script(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("url(/x)")
    with pytest.raises(tool.LayoutChanged, match="1 times, not 2"):
        tool.replace_counted(tmp_path, tool.Replacement(files="*.css", old="(/", new="", count=2))


@pytest.mark.parametrize(
    "member",
    [
        "package/dist/sw.js",
        "package/dist/ort/ort.js",
        "package/dist/app.bundle.js.map",
        "package/dist/app-config.js",
        "package/package.json",
        "package/dist/../../escape.js",
    ],
)
def test_what_would_call_others_or_weigh_too_much_is_left_out(
    tool: ModuleType, member: str
) -> None:
    assert tool.wanted_name(member) is None


def test_the_site_and_its_licence_are_taken(tool: ModuleType) -> None:
    assert tool.wanted_name("package/LICENSE") == "LICENSE"
    assert tool.wanted_name("package/dist/assets/a.png") == "assets/a.png"


def test_hashed_files_get_names_that_change_with_the_script(
    tool: ModuleType, tmp_path: Path
) -> None:
    old = "0123456789abcdef"
    (tmp_path / f"1.bundle.{old}.js").write_text("chunk")
    (tmp_path / "app.js").write_text(f'load("{old}"); keep("fedcba9876543210")')
    tool.rename_hashed(tmp_path)
    (chunk,) = tmp_path.glob("1.bundle.*.js")
    new = chunk.name.split(".")[2]
    assert new != old
    assert (tmp_path / "app.js").read_text() == f'load("{new}"); keep("fedcba9876543210")'


@pytest.mark.skipif(not VIEWER.exists(), reason="OHIF is not vendored")
def test_the_vendored_viewer_names_none_of_the_outside_hosts(tool: ModuleType) -> None:
    scripts = list(VIEWER.glob("*.js"))
    assert len(scripts) > 50
    for script in scripts:
        text = script.read_text("utf-8")
        assert not [host for host in tool.OUTSIDE_HOSTS if host in text]


@pytest.mark.skipif(not VIEWER.exists(), reason="OHIF is not vendored")
def test_the_vendored_viewer_is_ready_to_serve() -> None:
    assert (VIEWER / "LICENSE").read_text("utf-8").startswith("The MIT License")
    assert not list(VIEWER.rglob("*.map"))
    assert all(
        path.with_name(path.name + form).exists()
        for path in VIEWER.glob("*.bundle.*.js")
        if path.stat().st_size >= 1024
        for form in (".br", ".gz")
    )

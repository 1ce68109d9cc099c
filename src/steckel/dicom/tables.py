"""The tables of PS3.6 and PS3.7 as pydicom ships them, without loading pydicom.

Stands under `dictionary.py` and `transfer_syntax.py`. The rule: a table is read
from its own file. Importing the package `pydicom` would bring in NumPy and
Pillow, 28 MB and a quarter of a second in every process of a node, none of
which decodes a pixel.
"""

from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

#: VR, VM, name, "Retired" or nothing, keyword
Attribute = tuple[str, str, str, str, str]
#: name, type ("SOP Class", "Transfer Syntax" …), remark, "Retired" or nothing, keyword
RegisteredUid = tuple[str, str, str, str, str]
#: VR, VM, name, "Retired" or nothing
PrivateAttribute = tuple[str, str, str, str]


def _load(name: str) -> ModuleType:
    package = find_spec("pydicom")  # finds the package, does not import it
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0]) / f"{name}.py"
    spec = spec_from_file_location(f"{__name__}.{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_dictionary = _load("_dicom_dict")

#: Attributes by tag (PS3.6 6 to 9, PS3.7 E).
ATTRIBUTES: Final[dict[int, Attribute]] = _dictionary.DicomDictionary
#: Attributes of repeating groups by a tag such as ``60xx3000`` (PS3.5 7.6).
REPEATING: Final[dict[str, Attribute]] = _dictionary.RepeatersDictionary
#: UIDs that the standard registers (PS3.6 A).
UIDS: Final[dict[str, RegisteredUid]] = _load("_uid_dict").UID_dictionary


@lru_cache(maxsize=1)
def private_attributes() -> dict[str, dict[str, PrivateAttribute]]:
    """Return the attributes of manufacturers, by creator and a tag such as ``0019xx10``."""
    found: dict[str, dict[str, PrivateAttribute]] = _load("_private_dict").private_dictionaries
    return found

"""pyproject.toml, environment.yml and requirements.lock say the same; so do the two files of JavaScript's tools."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PYTHONS = ("3.11", "3.12", "3.13")
LEFT_OUT = "rfc3987-syntax"
# A conda dependency here is a name, a space and bounds; conda's own `=1.2` and build strings are not used.
CONDA_SPEC = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)(?: (?P<bounds>(?:[<>]=?[0-9.]+)(?:,[<>]=?[0-9.]+)*))?")
# pip is asked for by conda's side, Python by requires-python: neither is a dependency of the project.
ONLY_CONDA = {"python", "pip"}
CONDA_TEST_TOOLS = {"nbval", "pytest"}


@pytest.fixture(scope="module")
def pyproject(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared(pyproject):
    """Return every requirement of pyproject.toml: group -> name -> Requirement."""
    project = pyproject["project"]
    groups = {"core": project["dependencies"], **project["optional-dependencies"]}
    groups["setup"] = pyproject["dependency-groups"]["setup"]
    return {group: by_name(map(Requirement, lines)) for group, lines in groups.items()}


@pytest.fixture(scope="module")
def conda(root):
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def conda_specs(conda):
    """Return the conda dependencies: name -> SpecifierSet."""
    return dict(parse_conda(line) for line in conda["dependencies"] if isinstance(line, str))


@pytest.fixture(scope="module")
def lock_text(root):
    return (root / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def locked(lock_text):
    """Return the packages of the lock: name -> Requirement."""
    lines = [line.removesuffix(" \\") for line in lock_text.splitlines() if re.match(r"[a-z0-9]", line)]
    return by_name(map(Requirement, lines))


@pytest.fixture(scope="module")
def javascript(root):
    """Return package.json and package-lock.json."""
    folder = root / "helpers" / "javascript"
    return [json.loads((folder / name).read_text("utf-8")) for name in ("package.json", "package-lock.json")]


def by_name(requirements):
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def parse_conda(line: str) -> tuple[str, SpecifierSet]:
    """Parse one conda dependency of the simple form that this repository uses."""
    found = CONDA_SPEC.fullmatch(line)
    if found is None:
        raise ValueError(f"{line!r} is not a name, a space and bounds such as >=1.2,<2")
    return found["name"], SpecifierSet(found["bounds"] or "")


@pytest.mark.parametrize("line", ["numpy>=2", "numpy >=2 , <3", "numpy =2.1", "Numpy >=2", "numpy >=2=py_0", "::numpy"])
def test_unusual_conda_lines_are_refused(line):
    with pytest.raises(ValueError, match="bounds"):
        parse_conda(line)


def test_every_requirement_has_bounds(declared):
    for group in ("core", "course"):
        for requirement in declared[group].values():
            operators = {bound.operator for bound in requirement.specifier}
            assert operators == {">=", "<"}, requirement


def test_names_are_declared_once(declared):
    names = [name for group in declared.values() for name in group]
    assert len(names) == len(set(names))


def test_conda_has_the_same_names(declared, conda_specs):
    assert set(conda_specs) == {*declared["core"], *declared["course"]} | ONLY_CONDA | CONDA_TEST_TOOLS


def test_conda_has_the_same_bounds(declared, conda_specs):
    wanted = {**declared["core"], **declared["course"], **declared["test"], **declared["setup"]}
    for name in set(conda_specs) - {"python"}:
        assert conda_specs[name] == wanted[name].specifier, name


def test_conda_has_the_same_python(pyproject, conda_specs):
    # The package also admits the Python of the browser edition, which is not tested on a computer.
    newest = int(PYTHONS[-1].partition(".")[2])
    assert conda_specs["python"] == SpecifierSet(f">={PYTHONS[0]},<3.{newest + 1}")
    assert all(python in SpecifierSet(pyproject["project"]["requires-python"]) for python in (*PYTHONS, "3.14"))


def test_conda_uses_conda_forge_alone(conda):
    assert conda["channels"] == ["conda-forge", "nodefaults"]


def test_conda_installs_the_checkout(conda):
    assert conda["dependencies"][-1] == {"pip": ["-e ."]}
    assert "pip" in {str(line).split()[0] for line in conda["dependencies"]}


def test_lock_is_within_the_bounds(declared, locked):
    for group in declared.values():
        for name, requirement in group.items():
            (pin,) = locked[name].specifier
            assert requirement.specifier.contains(pin.version), f"{locked[name]} is outside {requirement}"


def test_lock_pins_every_package_exactly(locked):
    for requirement in locked.values():
        assert [bound.operator for bound in requirement.specifier] == ["=="], requirement
        assert requirement.url is None and not requirement.extras


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_serves_every_supported_python(python, pyproject, declared, locked):
    assert Version(python) in SpecifierSet(pyproject["project"]["requires-python"])
    place = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    for name in (name for group in declared.values() for name in group):
        marker = locked[name].marker
        assert marker is None or marker.evaluate(place), f"{name} is left out for Python {python}"


def test_lock_has_hashes_for_every_package(lock_text, locked):
    blocks = re.split(r"^(?=[a-z0-9])", lock_text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(locked)
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block.splitlines()[0]


def test_lock_names_no_index_and_no_machine(lock_text):
    assert lock_text[0].isalnum(), "the lock has a header"
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ ", "/"):
        assert word not in lock_text, word


def test_slow_package_is_left_out(lock_text, pyproject):
    assert LEFT_OUT not in lock_text
    assert any(line.startswith(LEFT_OUT) for line in pyproject["tool"]["uv"]["override-dependencies"])


def test_build_requirements_are_locked(pyproject, declared):
    for line in pyproject["build-system"]["requires"]:
        requirement = Requirement(line)
        assert declared["setup"][requirement.name].specifier == requirement.specifier


def test_tools_for_javascript_are_locked_in_one_exact_version(javascript):
    asked, lock = javascript
    assert asked["private"] and set(asked) == {"name", "private", "devDependencies"}
    assert asked["devDependencies"] == lock["packages"][""]["devDependencies"]
    for name, version in asked["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_lock_for_javascript_has_a_hash_and_no_place_for_every_package(javascript):
    packages = {name: package for name, package in javascript[1]["packages"].items() if name}
    assert len(packages) > 5
    for name, package in packages.items():
        kind, _, value = package["integrity"].partition("-")
        assert kind == "sha512" and len(base64.b64decode(value, validate=True)) == 64, name
        assert "resolved" not in package and "hasInstallScript" not in package, name


def test_lock_for_javascript_serves_every_system(javascript):
    packages = javascript[1]["packages"]
    systems = {
        (system, kind) for package in packages.values() for system in package.get("os", ()) for kind in package["cpu"]
    }
    assert {(system, kind) for system in ("darwin", "linux", "win32") for kind in ("x64", "arm64")} <= systems
    for name, version in packages["node_modules/@biomejs/biome"]["optionalDependencies"].items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_calculator_imports_on_bare_python():
    """The import of the calculator brings in none of the packages that a browser or a screen needs."""
    heavy = {"anywidget", "IPython", "ipywidgets", "numpy", "pandas", "plotly", "scipy"}
    code = f"import sys, osteolab; print(sorted({heavy!r} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

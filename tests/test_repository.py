"""The repository is complete, names no machine, and says the same version and license everywhere."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
import zipfile

import pytest
import yaml

REQUIRED = """
    README.md LICENSE LICENSE-text.md CITATION.cff CONTRIBUTING.md CHANGELOG.md .gitignore .gitattributes
    pyproject.toml requirements.lock environment.yml noxfile.py .ci/run .ci/execute_notebooks.py
    data/datapackage.json data/levels.csv data/parameters.csv data/signal_matrix.csv data/treatments.csv
    data/glossary.csv data/claims.csv data/people.csv data/reference_ranges.csv
    docs/data.md docs/images/lab.png helpers/jupyter_settings/osteolab.json
    helpers/jupyter_settings/server.json helpers/osteolab/__init__.py
    notebooks/00_start_here.ipynb notebooks/01_the_remodeling_crew.ipynb
    notebooks/02_the_hormonal_conductor.ipynb notebooks/03_what_is_a_deficit.ipynb
""".split()
# Written in two halves, so that this file does not name them either.
REGISTRIES = [
    "pypi." + "org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "registry.yarn" + "pkg.com",
    "ana" + "conda.org",
    "deb." + "debian.org",
    "proxy.golang" + ".org",
    "crates" + ".io",
]
ABSOLUTE = re.compile(r"(?<![\w.:/<-])(?:/(?:home|root|tmp|Users|opt|work|mnt|srv|usr|var)/|[A-Z]:\\\\?Users)")
SHEBANG = "#!/usr/bin/env "
TEXT = {
    "",
    ".ant",
    ".cff",
    ".css",
    ".csv",
    ".ipynb",
    ".js",
    ".json",
    ".jsonc",
    ".lock",
    ".md",
    ".mjs",
    ".py",
    ".sh",
    ".toml",
    ".txt",
    ".yml",
}
LINK = re.compile(r"\[[^\]]*\]\((?!\w+:)(?P<target>[^)#\s]+)")


@pytest.fixture(scope="module")
def files(root):
    """Return the files that belong to the repository, or would if they were committed now."""
    ask = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(ask, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    return [root / name for name in sorted(set(names)) if name and (root / name).is_file()]


@pytest.fixture(scope="module")
def texts(files, root):
    """Return the text files of the repository: relative path -> content."""
    chosen = [file for file in files if file.suffix in TEXT]
    return {str(file.relative_to(root)): file.read_text(encoding="utf-8") for file in chosen}


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("name", REQUIRED)
def test_required_file_exists(name, root):
    assert (root / name).is_file() and (root / name).stat().st_size > 0


def test_no_registry_is_named(texts):
    named = [(name, host) for name, text in texts.items() for host in REGISTRIES if host in text]
    assert named == []


def test_no_absolute_path(texts):
    found = []
    for name, text in texts.items():
        lines = [line for line in text.splitlines() if not line.startswith(SHEBANG)]
        found += [(name, line.strip()[:120]) for line in lines if ABSOLUTE.search(line)]
    # This file holds the pattern itself.
    assert [item for item in found if item[0] != "tests/test_repository.py"] == []


@pytest.mark.parametrize(
    ("line", "absolute"),
    [
        ("open('/home" + "/anna/x.csv')", True),
        ("see /tmp" + "/x", True),
        ("C:\\Users" + "\\anna", True),
        ("https://example.org/home/x", False),
        ("doi.org/10.1/opt/2", False),
        ("mg/day", False),
    ],
)
def test_pattern_for_absolute_paths(line, absolute):
    assert bool(ABSOLUTE.search(line)) is absolute


def test_no_large_file(files):
    assert [(file.name, size) for file in files if (size := file.stat().st_size) > 2_000_000] == []


def test_nothing_generated_is_committed(files, root):
    junk = re.compile(
        r"__pycache__|\.pyc$|\.egg-info|\.ipynb_checkpoints|(^|/)uv\.lock$|(^|/)(\.nox|\.venv|node_modules)/|\.coverage"
    )
    names = [file.relative_to(root).as_posix() for file in files]
    assert [name for name in names if junk.search(name)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE-text.md"])
def test_links_lead_to_files(name, root):
    targets = [found["target"] for found in LINK.finditer((root / name).read_text(encoding="utf-8"))]
    assert [target for target in targets if not (root / target).exists()] == []


def test_readme_has_no_picture_from_elsewhere(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    images = re.findall(r"!\[([^\]]*)\]\(([^)\s]+)", readme)
    assert images and all(alt and "://" not in target for alt, target in images)
    assert "<img" not in readme


def test_readme_names_commands_that_exist(root):
    readme = (root / "README.md").read_text(encoding="utf-8") + (root / "CONTRIBUTING.md").read_text("utf-8")
    noxfile = (root / "noxfile.py").read_text(encoding="utf-8")
    named = re.findall(r'^@nox.session(?:\(name="(.+)"\))?\ndef (\w+)', noxfile, re.MULTILINE)
    sessions = {name or function for name, function in named}
    assert set(re.findall(r"nox -s ([\w.-]*\w)", readme)) == sessions


def test_license(root, project):
    assert project["license"] == "MIT"
    assert project["license-files"] == ["LICENSE", "LICENSE-text.md"]
    assert (root / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert "CC BY 4.0" in (root / "LICENSE-text.md").read_text(encoding="utf-8")
    assert yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))["license"] == "MIT"


def test_version_is_the_same_everywhere(root, project):
    import osteolab

    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert {project["version"], citation["version"], package["version"]} == {osteolab.__version__}
    assert osteolab.__version__ in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_citation_has_what_the_format_asks_for(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"] and citation["title"] and citation["authors"]


@pytest.fixture(scope="module")
def wheel_names(root, tmp_path_factory):
    """Build the wheel with the installed tools, without a network, and return the names in it."""
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(root)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        return set(wheel.namelist())


def test_wheel_holds_the_package_and_the_data(wheel_names, root):
    data = [file for file in (root / "data").rglob("*") if file.is_file()]
    assert data
    assert {f"osteolab/data/{file.relative_to(root / 'data').as_posix()}" for file in data} <= wheel_names
    package = root / "helpers" / "osteolab"
    code = [file for suffix in ("py", "ant", "js", "css") for file in package.rglob(f"*.{suffix}")]
    assert package / "sbml.ant" in code
    assert {file.relative_to(root / "helpers").as_posix() for file in code} <= wheel_names
    tops = {name.split("/")[0] for name in wheel_names}
    assert tops == {"osteolab", "osteolab-0.1.0.data", "osteolab-0.1.0.dist-info"}


@pytest.mark.parametrize("folder", ["labconfig/default_setting_overrides.d", "jupyter_server_config.d"])
def test_settings_of_jupyter_are_installed_with_the_package(wheel_names, folder):
    assert any(name.endswith(f"data/etc/jupyter/{folder}/osteolab.json") for name in wheel_names)

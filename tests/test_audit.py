"""The list of parts holds what the locks pin, the audit says what it could not do, the workflow calls what exists."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest
import yaml

LOCKS = ("requirements.lock", "helpers/site/browser.lock", "helpers/site/tools.lock", "helpers/audit/tools.lock")


@pytest.fixture(scope="module")
def weaknesses(root):
    """Import the script of the audit, which needs nothing but Python."""
    spec = importlib.util.spec_from_file_location("weaknesses", root / "helpers" / "audit" / "weaknesses.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bill(root):
    return json.loads((root / "requirements.cdx.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workflow(root):
    return yaml.safe_load((root / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))


def packages(*answers):
    """Return what pip-audit prints: a name and its weaknesses, None where it had no answer."""
    lines = []
    for name, weak in answers:
        found = {"vulns": [{"id": one, "fix_versions": ["2.0"]} for one in weak or ()]}
        lines.append(
            {"name": name, "version": "1.0", **found} if weak is not None else {"name": name, "skip_reason": "x"}
        )
    return json.dumps({"dependencies": lines})


def test_the_list_of_parts_holds_every_pinned_version_with_its_locks(root, bill):
    wanted = {}
    for lock in LOCKS:
        for name, version in re.findall(
            r"^([a-z0-9][\w.-]*)==([^ \\;]+)", (root / lock).read_text(encoding="utf-8"), re.M
        ):
            wanted.setdefault(f"pkg:pypi/{name}@{version}", set()).add(lock)
    pin = json.loads((root / "helpers/site/pyodide.json").read_text(encoding="utf-8"))
    wanted[f"pkg:npm/pyodide@{pin['version']}"] = {"helpers/site/pyodide.json"}
    lock = "helpers/javascript/package-lock.json"
    for place, package in json.loads((root / lock).read_text(encoding="utf-8"))["packages"].items():
        if place:
            name = place.rpartition("node_modules/")[2].replace("@", "%40")
            wanted[f"pkg:npm/{name}@{package['version']}"] = {lock}
    listed = {part["purl"]: {each["value"] for each in part["properties"]} for part in bill["components"]}
    assert len(bill["components"]) == len(listed) > 100
    assert listed == wanted


def test_the_list_of_parts_names_no_place_and_no_moment(root, bill):
    text = (root / "requirements.cdx.json").read_text(encoding="utf-8")
    assert "://" not in text and "timestamp" not in text
    assert bill["bomFormat"] == "CycloneDX" and bill["specVersion"] == "1.6"


def test_tools_of_the_audit_stay_out_of_the_course_and_of_the_browser(root):
    for lock in ("requirements.lock", "helpers/site/browser.lock", "helpers/site/tools.lock"):
        assert not re.search(r"^(pip-audit|cyclonedx|zizmor|check-jsonschema)", (root / lock).read_text("utf-8"), re.M)


def test_an_audit_without_an_answer_says_so_in_one_sentence_and_fails(weaknesses):
    nobody = "requests.exceptions.ConnectionError: Max retries exceeded"
    for out, err in (("", nobody), (packages(("a", None), ("b", None)), "")):
        lines, code = weaknesses.verdict("some.lock", 1, out, err)
        assert lines == [weaknesses.UNREACHED] and code == 2
    assert weaknesses.UNREACHED.count(".") == 1 and "nothing was checked" in weaknesses.UNREACHED


def test_an_audit_names_each_weakness_and_each_package_it_could_not_ask_about(weaknesses):
    lines, code = weaknesses.verdict("some.lock", 1, packages(("a", []), ("b", ["CVE-1"]), ("c", None)), "")
    assert code == 1
    assert "b 1.0 has CVE-1; mended in 2.0" in lines[1] and "c was not checked" in lines[0]
    assert lines[-1] == "some.lock: 2 packages checked, 1 known weaknesses."
    assert weaknesses.verdict("some.lock", 0, packages(("a", [])), "")[1] == 0
    assert weaknesses.verdict("some.lock", 0, packages(("a", []), ("c", None)), "")[1] == 2


def test_an_audit_that_breaks_shows_what_pip_audit_said(weaknesses):
    lines, code = weaknesses.verdict("some.lock", 1, "", "Traceback: a line that cannot be read")
    assert code == 2 and "cannot be read" in lines[1]


def test_the_audit_reads_every_lock_of_python(root, weaknesses):
    found = {path.relative_to(root).as_posix() for path in (root / "helpers").glob("*/*.lock")}
    assert set(weaknesses.LOCKS) == found | {"requirements.lock"}


def test_the_workflow_calls_sessions_that_exist_on_every_supported_system(root, workflow):
    noxfile = (root / "noxfile.py").read_text(encoding="utf-8")
    sessions = {
        name or function
        for name, function in re.findall(r'^@nox.session(?:\(name="(.+)"\))?\ndef (\w+)', noxfile, re.M)
    }
    supported = re.search(r"^SUPPORTED = \((.+)\)$", noxfile, re.M)[1]
    called = set()
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            asked = re.fullmatch(r"python -m nox -s ([\w. -]+?)(?: -- .+)?", step.get("run", ""))
            called |= set(asked[1].split()) if asked else set()
    assert {"tests", "lint", "types", "page", "workflow", "site", "browser", "lock", "audit"} == called <= sessions
    for name in ("tests", "fresh"):
        matrix = workflow["jobs"][name]["strategy"]["matrix"]
        assert [f'"{python}"' for python in matrix["python"]] == supported.split(", ")
        assert matrix["system"] == ["ubuntu-latest", "macos-latest", "windows-latest"]


def test_the_workflow_may_only_read_and_runs_actions_that_are_pinned(workflow):
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"} and job["timeout-minutes"] <= 90
        for step in job["steps"]:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"]) if "uses" in step else step["run"]

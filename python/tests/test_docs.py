"""The documentation is complete, its examples run, and the stubs fit."""

import doctest
import inspect
import subprocess
import sys
from pathlib import Path

import newsprint
import newsprint.errors
import pytest

ROOT = Path(__file__).parents[1]


def documented():
    """Everything public with its name."""
    yield "newsprint", newsprint
    yield "newsprint.errors", newsprint.errors
    for name in newsprint.__all__:
        it = getattr(newsprint, name)
        yield name, it
        if inspect.isclass(it) and it.__module__ == "newsprint":
            for member, value in vars(it).items():
                if not member.startswith("_"):
                    yield (
                        f"{name}.{member}",
                        getattr(it, member) if isinstance(value, staticmethod) else value,
                    )


@pytest.mark.parametrize("name, it", list(documented()))
def test_it_is_documented_and_its_examples_run(name, it):
    assert (it.__doc__ or "").strip(), f"{name} has no documentation"
    test = doctest.DocTestParser().get_doctest(it.__doc__, {}, name, None, None)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert result.failed == 0


def test_all_functions_have_an_example():
    functions = [
        it for it in map(newsprint.__dict__.get, newsprint.__all__) if inspect.isbuiltin(it)
    ]
    assert functions and all(">>>" in it.__doc__ for it in functions)


def test_the_readme_runs():
    readme = ROOT / "README.md"
    assert (
        doctest.testfile(
            str(readme), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
        ).failed
        == 0
    )


@pytest.mark.parametrize(
    "example", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name
)
def test_examples_run(example, tmp_path):
    subprocess.run([sys.executable, example], check=True, cwd=tmp_path, timeout=120)


@pytest.mark.parametrize("folder", ["examples", "package/newsprint/spark"])
def test_what_is_python_is_typed(folder):
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports"]
    checked = subprocess.run([*command, ROOT / folder], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_stubs_fit(tmp_path):
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy.stubtest", "newsprint", "--ignore-disjoint-bases"]
    command += ["--mypy-config-file", str(ROOT / "pyproject.toml")]
    # It is in Python and has no stubs. What it imports of pyspark for its types is not there.
    (tmp_path / "spark").write_text(r"newsprint\.spark\..*")
    command += ["--allowlist", str(tmp_path / "spark")]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr

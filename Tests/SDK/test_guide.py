"""The guide: every snippet of its pages is run as it stands, and what it shows is compared."""

import re

import pytest
from conftest import HOME, ROOT, sandlot
from servers import prepared_home
from snippets import Session, environment, matches, snippets

GUIDE = ROOT / "docs/guide"
PAGES = sorted(page.stem for page in GUIDE.glob("*.md"))

# These start and end servers, so they get a data directory of their own.
OWN_SERVER = ["operating"]

# These install packages in a machine, which takes minutes.
NIGHTLY = ["docker"]

# Languages that are shown and not run.
SHOWN = {"yaml", "text"}

# What is not run, and why.
NOT_RUN = {
    "start": "make demo and make build are what has been done before any test runs",
    "shell": "a shell in a terminal: test_shell.py drives the same commands in one",
    "operating": "a terminal that is renewed (test_operator.py), ssh to another host",
}


def walk(page, directory, **variables):
    """Runs a page from its beginning to its end."""
    variables["MODAL_CONFIG_PATH"] = str(directory / "modal.toml")
    with Session(directory, environment(**variables)) as session:
        for snippet in snippets(GUIDE / f"{page}.md"):
            if not snippet.runs:
                continue
            printed = session.run(snippet, f"{page}.md")
            if snippet.output is not None:
                if not matches(snippet.output, printed):
                    pytest.fail(f"{page}.md, line {snippet.line}, shows\n{snippet.output}\n"
                                f"and prints\n{printed}", pytrace=False)


def by_day_or_night(page):
    return pytest.param(page, marks=[pytest.mark.nightly, pytest.mark.timeout(1200)] if page in NIGHTLY else [])


@pytest.mark.parametrize("page", map(by_day_or_night, PAGES))
def test_page(page, server, tmp_path):
    if page in OWN_SERVER:
        with prepared_home() as home:
            try:
                walk(page, tmp_path, SANDLOT_HOME=str(home), SANDLOT_PORT="0")
            finally:
                sandlot("down", home=home)
    else:
        walk(page, tmp_path, SANDLOT_HOME=str(HOME))


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_run_has_a_reason(page):
    for snippet in snippets(GUIDE / f"{page}.md"):
        assert snippet.runs or snippet.language in SHOWN or page in NOT_RUN, snippet


def test_every_page_is_in_the_list():
    linked = re.findall(r"\]\(([\w-]+)\.md\)", (GUIDE / "README.md").read_text())
    assert sorted([*linked, "README"]) == PAGES


@pytest.mark.parametrize("shown, printed, same", [
    ("a\n", "a\n", True), ("a\n", "b\n", False), ("id …\n", "id sb-1\n", True),
    ("a\n…\nd\n", "a\nb\nc\nd\n", True), ("a\n…\n", "b\na\n", False), ("1.5\n", "145\n", False),
])
def test_outputs_are_compared(shown, printed, same):
    assert matches(shown, printed) is same

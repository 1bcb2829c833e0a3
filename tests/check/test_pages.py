"""What README, DEVELOPERS and docs/ name is there: operations, settings, files.

Mutations, each found here: `PATCH /v1/sync/settings` for `PATCH
/v1/organisation` in docs/scim.md; a setting misspelt in README; a test file
renamed; a column of `import people` left out of docs/leavers.md; an event out of
docs/operations.md.
"""

import json
import re
import subprocess

import pytest

from harness.running import binary, environment

PAGES = ['README.md', 'DEVELOPERS.md', *('docs/' + name for name in (
    'adding.md', 'leavers.md', 'operations.md', 'scim.md', 'security.md'))]
# The example of a new resource, and what a run leaves behind.
EXAMPLES = re.compile(r'practice|^build|\*|NAME|KIND|^docs/?$')
FILE = re.compile(
    r'`((?:openapi|sql|docs|docker|src|include|tests)/[\w./*-]+)`')


@pytest.fixture(scope='module', params=PAGES)
def page(root, request):
    return (root / request.param).read_text()


def said(word):
    return subprocess.run([str(binary()), word], env=environment(), text=True,
                          check=True, capture_output=True, timeout=60).stdout


def test_every_page_is_looked_at(root):
    assert sorted(PAGES[2:]) == sorted(
        f'docs/{one.name}' for one in (root / 'docs').glob('*.md'))


def test_operations(page):
    """Which a reader tries first."""
    paths = json.loads(said('openapi'))['paths']
    known = {f'{method.upper()} {path}' for path, item in paths.items()
             for method in item}
    named = re.findall(r'`((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)`', page)
    assert [one for one in named if one not in known] == []


def test_settings(page):
    known = set(re.findall(r'HEFBOOM_[A-Z_]+', said('--help')))
    # docker/haproxy.cfg's, and what only the tests are told.
    known |= {'HEFBOOM_FRONT', 'HEFBOOM_ONE', 'HEFBOOM_TWO', 'HEFBOOM_BIN'}
    named = set(re.findall(r'\bHEFBOOM_[A-Z_]*[A-Z]', page))
    assert sorted(named - known) == []


def test_events(root):
    """Whatever the log complains of, the operator finds."""
    sources = ''.join(one.read_text() for one in (root / 'src').rglob('*.c'))
    events = set(re.findall(
        r'(?:log_event\(\s*LOG_(?:ERROR|WARNING), |complain\(source, )'
        r'"(\w+)"', sources))
    events |= {f'{kind}_died' for kind in ('worker', 'jobs', 'postgresql')}
    text = (root / 'docs' / 'operations.md').read_text()
    named = set(re.findall(r'`(\w+)`', text))
    assert len(events) > 15 and sorted(events - named) == []


def test_columns_of_people(root):
    """By file: each that the program reads, and the example as it stands."""
    known = re.findall(r'^    \{"(\w+)", \d+,',
                       (root / 'src' / 'import_row.c').read_text(), re.M)
    text = (root / 'docs' / 'leavers.md').read_text()
    text = text.split('## By file')[1].split('\n## ')[0]
    rows = [line.split('|')[1] for line in text.splitlines()
            if line.startswith('| `')]
    assert re.findall(r'`(\w+)`', ''.join(rows)) == known
    first, *others = text.split('```\n')[1].splitlines()
    assert set(first.split(',')) < set(known)
    assert {len(line.split(',')) for line in others} == {
        len(first.split(','))}


def test_files(page, root):
    missing = [name for name in FILE.findall(page)
               if not EXAMPLES.search(name) and not (root / name).exists()]
    tests = {one.name for one in (root / 'tests').rglob('test_*.[cp]*')}
    missing += [name for name in re.findall(r'\b(test_\w+\.py)\b', page)
                if name not in tests]
    assert missing == []

"""docs/security.md against OWASP ASVS 5.0: every requirement of level 1 and 2
of chapters V4, V8 and V9 once, and each test that it names is there.

Mutations: a row taken out, a number twice, a test renamed, a level changed, a
row without a test; a section or a view's rule taken out.
"""

import ast
import re

import pytest

# OWASP ASVS 5.0, 0x13-V4, 0x17-V8 and 0x18-V9: number and level.
REQUIRED = {
    '4.1.1': 1, '4.1.2': 2, '4.1.3': 2, '4.2.1': 2, '4.3.1': 2, '4.3.2': 2,
    '4.4.1': 1, '4.4.2': 2, '4.4.3': 2, '4.4.4': 2,
    '8.1.1': 1, '8.1.2': 2, '8.2.1': 1, '8.2.2': 1, '8.2.3': 2, '8.3.1': 1,
    '8.4.1': 2,
    '9.1.1': 1, '9.1.2': 1, '9.1.3': 1, '9.2.1': 1, '9.2.2': 2, '9.2.3': 2,
    '9.2.4': 2}


@pytest.fixture(scope='module')
def page(root):
    return (root / 'docs' / 'security.md').read_text()


@pytest.fixture(scope='module')
def rows(page):
    """[(number, level, asked, here, tests)] of the table."""
    found = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip('|').split('|')]
        if line.startswith('|') and re.fullmatch(r'\d+\.\d+\.\d+', cells[0]):
            assert len(cells) == 5, line
            found.append(cells)
    return found


def test_every_requirement_is_there_once(rows):
    assert [row[0] for row in rows] == list(REQUIRED)
    for number, level, asked, here, tests in rows:
        assert int(level) == REQUIRED[number], number
        assert asked and here and tests, number
        assert not here.startswith('not applicable') or ':' in here, number


def functions(path):
    """The names of the tests in a file."""
    text = path.read_text()
    if path.suffix == '.py':
        return {node.name for node in ast.parse(text).body
                if isinstance(node, ast.FunctionDef)
                and node.name.startswith('test_')}
    return set(re.findall(r'cmocka_unit_test\((\w+)\)', text)) | set(
        re.findall(r'\b(LLVMFuzzerTestOneInput)\(', text))


def test_every_named_test_exists(rows, root):
    faults = []
    for number, *_, tests in rows:
        named = re.findall(r'`([\w/.]+)::(\w+)`', tests)
        assert named and len(named) == tests.count('::'), number
        for file, name in named:
            path = root / file
            if not path.exists() or name not in functions(path):
                faults.append(f'{number}: {file}::{name}')
    assert not faults, '\n'.join(faults)


def test_rules_are_documented(page, root):
    """8.1.1 and 8.1.2: where the page says that rules stand, they do."""
    for part in ('**Functions.**', '**Data.**', '**Fields, reading.**',
                 '**Fields, writing.**'):
        assert page.count(part) == 1, part
    views = sorted((root / 'sql' / 'views').glob('visible_*.sql'))
    assert len(views) > 8
    for view in views:
        assert view.read_text().startswith('-- '), f'{view.name} has no rule'
    for name in ('openapi/states.yaml',):
        assert name in page and (root / name).exists()


def test_it_is_found(root):
    assert 'docs/security.md' in (root / 'README.md').read_text()

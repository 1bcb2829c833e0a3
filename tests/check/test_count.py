"""The last line of ./dev test: nothing that failed may be lost in it."""

import subprocess

import pytest

PASSED = '<testcase classname="c" name="a"/>'
SKIPPED = '<testcase classname="c" name="b"><skipped/></testcase>'
FAILED = '<testcase classname="c" name="f"><failure/></testcase>'
ERROR = '<testcase classname="c" name="e"><error/></testcase>'


@pytest.mark.parametrize('cases, steps, last, status', [
    ([PASSED, SKIPPED], '', '1 passed, 0 failed', 0),
    ([PASSED, FAILED], '', '1 passed, 1 failed', 1),
    ([PASSED, ERROR], '', '1 passed, 1 failed', 1),
    ([PASSED], 'passed build\n', '2 passed, 0 failed', 0),
    ([PASSED], 'failed build\n', '1 passed, 1 failed', 1),
    ([PASSED], 'ended unit Unit tests\n', '1 passed, 1 failed', 1),
    ([PASSED, FAILED], 'ended unit Unit tests\n', '1 passed, 1 failed', 1),
    ([PASSED, FAILED], 'ended api API tests\n', '1 passed, 2 failed', 1),
    ([SKIPPED], '', '0 passed, 0 failed', 1),
    ([], '', '0 passed, 0 failed', 1),
    (None, '', '0 passed, 1 failed', 1),
])
def test_count(root, tmp_path, cases, steps, last, status):
    text = '<testsuites><testsuite>%s</testsuite></testsuites>'
    (tmp_path / 'unit.xml').write_text(
        '<testsuites>' if cases is None else text % ''.join(cases))
    (tmp_path / 'steps').write_text(steps)
    result = subprocess.run(
        ['/usr/bin/python3', root / 'tests' / 'count.py', tmp_path],
        capture_output=True, text=True)
    assert result.stdout.splitlines()[-1] == last
    assert result.returncode == status


def test_dev_without_words(root):
    assert subprocess.run([root / 'dev'], capture_output=True).returncode == 0
    wrong = subprocess.run([root / 'dev', 'fly'], capture_output=True)
    assert wrong.returncode == 2

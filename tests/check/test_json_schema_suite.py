"""The official JSON Schema test suite (2020-12), every case of the keywords
that the API may use.  The suite is not ours to copy: HEFBOOM_SHARED, or
../shared/data beside the repository.

Mutations: minLength in bytes, `1.0` no integer, a leap second in any minute,
multipleOf without its finer decimals, unevaluatedProperties that lets all
pass: each is found.
"""

import os
import pathlib
import re
import subprocess

import pytest

from harness.running import binary

CASES_MIN = 900


def test_every_case(root, capsys):
    shared = pathlib.Path(os.environ.get(
        'HEFBOOM_SHARED', root.parent / 'shared' / 'data'))
    folder = shared / 'json-schema'
    if not folder.is_dir():
        pytest.skip(f'no JSON Schema test suite in {folder}')
    reply = subprocess.run([binary().with_name('schema_suite'), folder],
                           stdout=subprocess.PIPE, text=True, timeout=120)
    with capsys.disabled():
        print(f'\n{reply.stdout.strip()}')
    assert reply.returncode == 0, reply.stdout
    count = re.search(r'^schema suite: (\d+) of (\d+) cases', reply.stdout,
                      re.M)
    assert count[1] == count[2] and int(count[1]) >= CASES_MIN

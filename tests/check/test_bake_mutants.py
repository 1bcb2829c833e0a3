"""Each refusal of bake is missed when it is gone.

Every place that refuses is taken out, one at a time, from a copy of src/bake;
then some golden case of test_bake.py must fail.
"""

import ast
import os
import shutil
import subprocess
import sys

import pytest

FILES = ('checks.py', 'document.py', 'sql.py', 'statement.py', 'states.py', 'tables.py')


def is_refusal(node):
    """`...faults.add(...)`, `self.refuse(...)`, or `yield where, key, what`."""
    value = getattr(node, 'value', None)
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(value, ast.Yield):
        return isinstance(value.value, ast.Tuple) and len(value.value.elts) == 3
    called = ast.unparse(value.func) if isinstance(value, ast.Call) else ''
    return called.endswith(('faults.add', '.refuse'))


def refusals(text):
    tree = ast.parse(text)
    return tree, [node for node in ast.walk(tree) if is_refusal(node)]


def without(text, number):
    tree, found = refusals(text)
    gone = 'yield from ()' if isinstance(found[number].value, ast.Yield) else 'None'
    found[number].value = ast.parse(gone).body[0].value
    return ast.unparse(tree)


@pytest.mark.long
@pytest.mark.parametrize('name', FILES)
def test_every_refusal_is_missed(root, tmp_path, name):
    shutil.copytree(root / 'tests' / 'check' / 'bake', tmp_path / 'tests' / 'check' / 'bake')
    shutil.copy(root / 'tests' / 'check' / 'test_bake.py', tmp_path / 'tests' / 'check')
    shutil.copytree(root / 'src' / 'bake', tmp_path / 'src' / 'bake')
    text = (root / 'src' / 'bake' / name).read_text()
    tests = str(tmp_path / 'tests' / 'check' / 'test_bake.py')
    alive = []
    for number, node in enumerate(refusals(text)[1]):
        (tmp_path / 'src' / 'bake' / name).write_text(without(text, number))
        done = subprocess.run(
            [sys.executable, '-m', 'pytest', '-qx', '-p', 'no:cacheprovider',
             '--rootdir', str(tmp_path), tests],
            env={**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'}, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stdout
        if done.returncode == 0:
            alive.append('%s:%d: %s' % (name, node.lineno, ast.unparse(node)))
    assert not alive, '\n'.join(alive)

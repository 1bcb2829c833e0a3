"""./dev stop, which ends what ./dev run started and nothing else.

Mutations: the program of a file that was replaced taken for another one (the
script never ended); whatever has that number stopped; a second `./dev run`
begun (it went on to print tokens, and `./dev stop` knew no more of the first).
"""

import shutil
import subprocess
import threading

import pytest


@pytest.fixture
def stop(tmp_path, root):
    """stop(program) of a folder whose serve.pid is of that process."""
    shutil.copy(root / 'dev', tmp_path)
    (tmp_path / 'build').mkdir()
    program = tmp_path / 'build' / 'hefboom'
    begun = []

    def act(where, replaced=False, word='stop'):
        if not where.exists():
            shutil.copy(shutil.which('sleep'), where)
        process = subprocess.Popen([where, '60'])
        begun.append(process)
        # Who is not waited for is there.
        threading.Thread(target=process.wait, daemon=True).start()
        (tmp_path / 'build' / 'serve.pid').write_text(f'{process.pid}\n')
        if replaced:
            where.unlink()
            shutil.copy(shutil.which('sleep'), where)
        done = subprocess.run(
            ['bash', tmp_path / 'dev', word], text=True, stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE, timeout=30)
        assert done.returncode == (word == 'run')
        assert (tmp_path / 'build' / 'serve.pid').exists() == (word == 'run')
        return done.stdout, process
    act.program = program
    yield act
    for process in begun:
        if process.poll() is None:
            process.kill()


@pytest.mark.parametrize('replaced', [False, True])
def test_what_runs_is_stopped(stop, replaced):
    said, process = stop(stop.program, replaced)
    assert (said, process.wait(10)) == ('', -15)


def test_nobody_else_is(stop, tmp_path):
    said, process = stop(tmp_path / 'other')
    assert (said, process.poll()) == ('Nothing runs.\n', None)


def test_it_runs_once(stop):
    said, process = stop(stop.program, word='run')
    assert said == (f'It runs already, as process {process.pid}; ./dev stop'
                    ' ends it.\n')
    assert process.poll() is None

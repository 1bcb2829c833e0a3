"""How the program is linked, and that it leaves no core: what makes a bug in
it harder to use.

Mutations of meson.build: -no-pie; -Wl,-z,now, -Wl,-z,relro left out;
-fstack-protector-strong, _FORTIFY_SOURCE, -fcf-protection left out; `-z
execstack`; a -Wl,-rpath: each fails one of these.  Of supervisor_child.c: dumps
allowed; of supervisor.c: the supervisor does not forbid its own
(test_nobody_leaves_a_core).
"""

import os
import pathlib
import re
import signal
import subprocess

import pytest

from harness.handover import hand_over
from harness.load import release
from harness.waiting import eventually


@pytest.fixture(scope='module')
def program(root):
    """The release; the sanitized one is another thing."""
    path = root / 'build' / 'hefboom'
    if not path.exists():
        pytest.skip('no build/hefboom: ./dev build')
    return path


def read(program, *options):
    return subprocess.run(['readelf', '--wide', *options, program],
                          check=True, capture_output=True, text=True).stdout


def segments(program):
    """[(type, flags)]"""
    return re.findall(r'^  ([A-Z_]+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ ([RWE ]+?)'
                      r' +0x', read(program, '--program-headers'), re.M)


def test_it_lies_anywhere(program):
    assert re.search(r'Type: +DYN \(Position-Independent', read(
        program, '--file-header'))


def test_nothing_is_writable_and_executable(program):
    found = segments(program)
    assert ('GNU_STACK', 'RW') in found
    assert [flags for kind, flags in found if kind == 'LOAD']
    for kind, flags in found:
        assert not ('W' in flags and 'E' in flags), (kind, flags)


def test_what_is_linked_cannot_be_changed(program):
    assert 'GNU_RELRO' in [kind for kind, _ in segments(program)]
    dynamic = read(program, '--dynamic')
    assert 'BIND_NOW' in dynamic and re.search(r'Flags: .*NOW', dynamic)


def test_no_folder_of_libraries(program):
    assert not re.search(r'R(UN)?PATH', read(program, '--dynamic'))


def test_checked_functions(program):
    names = read(program, '--dyn-syms')
    assert '__stack_chk_fail' in names
    assert '__snprintf_chk' in names and '__vsnprintf_chk' in names


def test_jumps_land_where_they_may(program):
    """-fcf-protection: every function begins with endbr64 (x86)."""
    if 'X86-64' not in read(program, '--file-header'):
        pytest.skip('another machine')
    text = subprocess.run(
        ['objdump', '-d', '--no-show-raw-insn', '--disassemble=main',
         program], check=True, capture_output=True, text=True).stdout
    assert re.search(r'<main>:\n\s+\S+:\s+endbr64', text), text[:400]


def test_no_banned_function_is_called(program):
    """What the forced header bans in our own sources; strcpy is there, for
    gcc makes it of an snprintf whose length it knows."""
    names = set(re.findall(r' (\w+)@GLIBC', read(program, '--dyn-syms')))
    assert not names & {'strcat', 'sprintf', 'vsprintf', 'gets', 'strtok',
                        'atoi', 'system', 'popen', 'mktemp'}


def aborted(child):
    """Whether it left a core."""
    os.kill(child.pid, signal.SIGABRT)
    _, status = os.waitpid(child.pid, 0)
    child.returncode = -os.WTERMSIG(status)
    assert child.returncode == -signal.SIGABRT
    return os.WCOREDUMP(status)


@pytest.fixture
def dumping(tmp_path):
    """Words before a program's: it may leave a core, if it leaves any."""
    words = ('sh', '-c', 'cd "$0" && ulimit -S -c "$(ulimit -H -c)" &&'
             ' exec "$@"', str(tmp_path))
    plain = subprocess.Popen([*words, 'sleep', '60'])
    comm = pathlib.Path(f'/proc/{plain.pid}/comm')
    eventually(lambda: comm.read_text() == 'sleep\n')
    if not aborted(plain):
        pytest.skip('nobody leaves a core here')
    return words


@pytest.mark.parametrize('upgraded', [False, True])
def test_nobody_leaves_a_core(program, root, server, dumping, upgraded):
    """PR_SET_DUMPABLE 0: the supervisor's end says so, also of a program that
    an upgrade started; of the others their files in /proc, which are root's.
    The release: the sanitizers' leak check needs what this forbids."""
    with release(root):
        one = server.beside(HEFBOOM_WORKERS=1)
        one.wrapper = dumping
        one.start()
        try:
            if upgraded:
                hand_over(one, signal.SIGUSR2)
            others = one.named('hefboom-worker') | one.named('hefboom-jobs')
            assert len(others) == 2
            for pid in others:
                folder = pathlib.Path(f'/proc/{pid}')
                assert folder.stat().st_uid != 0
                assert (folder / 'environ').stat().st_uid == 0, pid
            one.crashes_declared = 1
            assert not aborted(one.child)
        finally:
            wrong = one.stop()
    assert wrong == []

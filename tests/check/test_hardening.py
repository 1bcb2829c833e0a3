"""How the program is linked: what makes a bug in it harder to use.

Mutations of meson.build: -no-pie; -Wl,-z,now, -Wl,-z,relro left out;
-fstack-protector-strong, _FORTIFY_SOURCE, -fcf-protection left out; `-z
execstack`; a -Wl,-rpath: each fails one of these.
"""

import re
import subprocess

import pytest


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

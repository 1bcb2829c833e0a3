"""What `meson install` puts where, and that the manual page says what --help
says.

Mutations: two commands left out of the page; its defaults; its hyphens not
escaped; the unit without NoNewPrivileges; a unit that starts a program which is
elsewhere; the program not installed: each fails here.
"""

import re
import shutil
import subprocess

import pytest

from harness.running import binary, environment

NAMES = [
    'bin/hefboom', 'share/man/man1/hefboom.1', 'lib/sysusers.d/hefboom.conf',
    'lib/systemd/system/hefboom.service', 'lib/systemd/system/hefboom.socket',
    'share/doc/hefboom/LICENSE', 'share/doc/hefboom/README.md',
    'share/doc/hefboom/operations.md', 'share/doc/hefboom/haproxy.cfg',
    'share/doc/hefboom/pgbouncer.ini', 'share/doc/hefboom/roles.sh',
    'share/doc/hefboom/archive.sh']


def tool(name):
    return pytest.mark.skipif(
        shutil.which(name) is None,
        reason=f'{name} is not installed; ./dev test --long installs it')


def run(*words):
    return subprocess.run([str(word) for word in words], text=True, check=True,
                          env=environment(), capture_output=True,
                          timeout=60).stdout


def squeezed(text):
    """Without what a page may break or align differently."""
    return re.sub(r'\s+', ' ', text)


def plain(roff):
    """What a reader sees of a page that knows few requests."""
    text = re.sub(r'^\.(TP|SH|BR|IR|B|I|PP|br)\b ?', '', roff, flags=re.M)
    for code, character in (('\\-', '-'), ('\\e', '\\'), ('\\&', ''),
                            ('\\fB', ''), ('\\fI', ''), ('\\fR', '')):
        text = text.replace(code, character)
    return squeezed(text)


@pytest.fixture(scope='module')
def installed(tmp_path_factory):
    """The folder that stands for the prefix."""
    folder = tmp_path_factory.mktemp('destdir')
    build = binary().parent
    if not (build / 'build.ninja').exists():
        pytest.skip('the program is in no build folder')
    run('meson', 'install', '-C', build, '--no-rebuild', '--quiet',
        '--destdir', folder)
    return folder / 'usr' / 'local'


def test_all_is_there(installed):
    missing = [name for name in NAMES if not (installed / name).is_file()]
    assert not missing, missing
    assert (installed / 'bin/hefboom').stat().st_mode & 0o777 == 0o755


def test_nothing_else_is(installed, root):
    documents = {f'share/doc/hefboom/{path.name}'
                 for path in (root / 'docs').glob('*.md')}
    found = {str(path.relative_to(installed))
             for path in installed.rglob('*') if path.is_file()}
    assert found == documents | set(NAMES)


def test_the_installed_page_is_the_program_s(installed):
    page = (installed / 'share/man/man1/hefboom.1').read_text()
    assert page == run(binary(), 'manual')
    assert run(installed / 'bin/hefboom', 'manual') == page


def test_the_page_has_every_command():
    commands = re.findall(r'^  ([a-z][a-z -]*?) {2,}(\S.*)$',
                          run(binary(), '--help').split('Settings,')[0], re.M)
    page = plain(run(binary(), 'manual')).split(' SETTINGS ')[0]
    assert len(commands) >= 16
    for name, summary in commands:
        if name.startswith('help'):
            continue
        usage = run(binary(), 'help', *name.split()).split('\n\n')[0]
        assert squeezed(f'{usage.removeprefix("hefboom ")} {summary} ') in (
            page + ' '), name


def test_the_page_has_every_setting():
    table = run(binary(), '--help').split('names:\n')[1]
    settings = [line.split(None, 2) for line in table.splitlines()
                if line.strip()]
    page = plain(run(binary(), 'manual')).split(' SETTINGS ')[1]
    assert len(settings) >= 20
    for flag, variable, text in settings:
        assert squeezed(f' {flag}, {variable} {text} ') in page, flag


def test_hyphens_and_dots_are_escaped():
    for line in run(binary(), 'manual').splitlines():
        if not line.startswith(('.TH', '.SH')):
            assert not re.search(r'(?<!\\)--', line), line
        assert not line.startswith('...') and not line.endswith(' '), line


@tool('mandoc')
def test_mandoc_finds_nothing(installed):
    result = subprocess.run(
        ['mandoc', '-Tlint', '-Wstyle',
         installed / 'share/man/man1/hefboom.1'],
        capture_output=True, text=True, timeout=60)
    # A page that says when it was made would differ at each build.
    said = [line for line in result.stdout.splitlines()
            if 'missing date' not in line]
    assert not said, said


@tool('systemd-analyze')
def test_the_units(installed, tmp_path):
    """The program stands where the unit says; 1.1 of 10 is what it exposes."""
    unit = installed / 'lib/systemd/system/hefboom.service'
    text = unit.read_text()
    assert 'ExecStart=/usr/local/bin/hefboom serve\n' in text
    for name in ('hefboom.service', 'hefboom.socket'):
        shutil.copy(unit.with_name(name), tmp_path / name)
    path = tmp_path / 'hefboom.service'
    path.write_text(text.replace('/usr/local/bin',
                                 str(installed / 'bin')))
    result = subprocess.run(
        ['systemd-analyze', 'verify', '--man=no', path,
         tmp_path / 'hefboom.socket'], capture_output=True, text=True,
        timeout=60)
    said = [line for line in result.stderr.splitlines() if 'hefboom' in line]
    assert not said, said
    report = run('systemd-analyze', 'security', '--offline=true', path)
    score = re.search(r'Overall exposure level .*: ([\d.]+)', report)
    assert float(score[1]) <= 1.1, report

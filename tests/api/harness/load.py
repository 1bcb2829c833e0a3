"""load -- many clients, by the programs of tests/faults.

asked    open_load: at a fixed rate, or as fast as they are answered
Slow     slow_clients: who take their time, of five kinds
memory   of a process, in MB; processor_s, its seconds of CPU
"""

import contextlib
import os
import pathlib
import re
import subprocess

from .running import binary, stat_of

# How long it may take to hear of a deadline on a machine that is busy.
SLACK_S = 8
DEADLINES = {'line': 5, 'headers': 5, 'body': 30, 'chunks': 30, 'reader': 30}
KINDS = tuple(DEADLINES)


def program(name):
    return binary().parent / name


def is_release():
    return 'asan' not in str(binary())


def variables(**more):
    return {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), **more}


class Asking:
    """Clients from now on; result() waits for the end of what they saw."""

    def __init__(self, server, seconds, how, number, paths, new=20,
                 token=None):
        """how: 'rate', a second, or 'clients'; `new` in a hundred on
        connections of their own."""
        self.seconds = seconds
        self.child = subprocess.Popen(
            [program('open_load'), server.host, str(server.port),
             str(seconds), how, str(number), str(new), *paths],
            env=variables(TOKEN=token or server.token()),
            stdout=subprocess.PIPE, text=True)

    def result(self):
        """{ms, sent, ok, shed, bad, failed, ..., ok_p99_us, ..., why}"""
        out, _ = self.child.communicate(timeout=self.seconds + 60)
        lines = out.splitlines()
        assert lines and lines[-1].startswith('done '), out
        words = lines[-1].split()[1:]
        return {'why': lines[:-1],
                **dict(zip(words[::2], map(int, words[1::2])))}

    def stop(self):
        self.child.terminate()
        return self.result()


def asked(*arguments, **more):
    return Asking(*arguments, **more).result()


class Slow:
    """`count` that drip a byte every `drip_ms`; back when all have opened.
    Who is closed opens again until `seconds` are over."""

    def __init__(self, server, count, seconds, drip_ms, kinds=KINDS):
        self.seconds = seconds
        self.child = subprocess.Popen(
            [program('slow_clients'), server.host, str(server.port),
             str(count), str(seconds), str(drip_ms), *kinds],
            env=variables(), stdout=subprocess.PIPE, text=True)
        self.before = []
        for line in self.child.stdout:
            if line == 'open\n':
                break
            self.before.append(line)

    def result(self):
        """{kind: {opened, closed, told, earliest_ms, ..., failed}}"""
        out, _ = self.child.communicate(timeout=self.seconds + 120)
        found = {}
        for line in out.splitlines():
            kind, *words = line.split()
            if len(words) > 2 and words[0] == 'opened':
                found[kind] = dict(zip(words[::2], map(int, words[1::2])))
        assert found, self.before + [out]
        return found

    def stop(self):
        self.child.kill()
        self.child.communicate()


def memory(pid):
    """(now, at the most) of what is in memory of a process, in MB."""
    text = pathlib.Path(f'/proc/{pid}/status').read_text()
    return tuple(int(re.search(rf'{name}:\s+(\d+)', text)[1]) / 1024
                 for name in ('VmRSS', 'VmHWM'))


def processor_s(pids):
    ticks = 0
    for pid in pids:
        fields = stat_of(pid)
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf('SC_CLK_TCK')


def check_closed(found, slack_s=SLACK_S):
    """Each in time, none before its time, and those who can hear it told."""
    for kind, seconds in DEADLINES.items():
        one = found[kind]
        assert one['failed'] == 0 and one['never'] == 0, (kind, one)
        assert one['closed'] == one['opened'] > 0, (kind, one)
        assert one['told'] == one['closed'], (kind, one)
        assert one['earliest_ms'] > 1000 * seconds - 600, (kind, one)
        assert one['latest_ms'] < 1000 * (seconds + slack_s), (kind, one)


def check_good(good, p99_ms):
    assert good['ok'] == good['sent'] > 0, good
    assert good['ok_p99_us'] < 1000 * p99_ms, good


@contextlib.contextmanager
def release(root):
    """Servers started within are of build/: sanitizers are no measure."""
    before = os.environ.get('HEFBOOM_BIN')
    if before is None or 'asan' in before:
        os.environ['HEFBOOM_BIN'] = str(root / 'build' / 'hefboom')
    try:
        yield
    finally:
        os.environ.pop('HEFBOOM_BIN')
        if before is not None:
            os.environ['HEFBOOM_BIN'] = before

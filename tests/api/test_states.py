"""Life cycles: every state x action x relation of openapi/states.yaml, and
every state x timer, against what the server does.

tests/api/stages/KIND.py makes an object in each state and says who stands in
which relation to it. Where an action is refused the whole row stays as it
was; several cases then share one object.

A timer's job runs in a transaction of ours whose clock alone is moved, and
which is rolled back: what else is due then is left in peace.

Mutations: "Every proof and the mutation that it catches" in DEVELOPERS.md.
"""

import importlib
import json
import pathlib
import re

import pytest

import document as reader
from harness import baked
from harness.libpq import Plain

ROOT = pathlib.Path(__file__).resolve().parents[2]
MACHINES = reader.read(str(ROOT / 'openapi' / 'states.yaml'),
                       reader.Faults(str(ROOT)))


def stages(kind):
    """tests/api/stages/KIND.py, or a failure that says what is missing."""
    try:
        return importlib.import_module(f'stages.{kind}')
    except ModuleNotFoundError as missing:
        if missing.name not in ('stages', f'stages.{kind}'):
            raise
        pytest.fail(f'tests/api/stages/{kind}.py is missing: RELATIONS,'
                    ' stage(world, state), body(world, action, object_id)')


def wanted(kind, state, action, relation):
    """The code or the status that refuses; None when it has to succeed."""
    if state in MACHINES[kind].get('hidden', {}).get(relation, ()):
        return 'not_found'
    if relation not in action['by']:
        return action['others'][relation]
    if state in action['from']:
        return None
    code = action['refusal']
    return code[state] if isinstance(code, dict) else code


def cases():
    for kind, machine in MACHINES.items():
        for name, action in machine['actions'].items():
            for state in machine['states']:
                for relation in [*action['by'], *action.get('others', {})]:
                    yield pytest.param(
                        kind, state, name, relation,
                        id=f'{kind}-{state}-{name}-{relation}')


class Stage:
    """The objects of one session, and what their rows say."""

    def __init__(self, world, document):
        self.world = world
        self.document = document
        self.shared = {}

    def make(self, kind, state):
        made = str(stages(kind).stage(self.world, state))
        found = self.row(kind, made)
        assert found, f'stages/{kind}.py: nothing has the id {made}'
        assert found['state'] == state, (
            f'stages/{kind}.py: stage(world, {state!r}) made one that is'
            f" {found['state']!r}")
        return made

    def share(self, kind, state):
        """One that whoever takes it leaves as it is."""
        made = self.shared.get((kind, state))
        if made is None or self.row(kind, made)['state'] != state:
            made = self.shared[kind, state] = self.make(kind, state)
        return made

    def row(self, kind, made):
        return self.world.db.one(
            f'select to_jsonb(t) from "{MACHINES[kind]["table"]}" t'
            ' where org_id = %s and id = %s', [self.world.org_id, made])

    def relation(self, kind, name):
        known = stages(kind).RELATIONS
        assert name in known, (
            f'stages/{kind}.py: RELATIONS has no {name!r}, which'
            f' states.yaml names: {sorted(known)}')
        return known[name]

    def path(self, kind, operation, made):
        """Every {placeholder}: the object's, the module's, its columns'."""
        found = {f'{kind}_id': made}
        more = getattr(stages(kind), 'path', lambda *_: {})(
            self.world, operation.id, made)
        for name in re.findall(r'\{(\w+)\}', operation.route):
            if name not in found:
                found[name] = more.get(name) or self.row(kind, made).get(name)
            assert found[name], (
                f'stages/{kind}.py: path(world, {operation.id!r}, object_id)'
                f' has to say what {{{name}}} is')
        return operation.path(**found)

    def act(self, kind, action, relation, made):
        operation = self.document.operations[action]
        given = dict(self.relation(kind, relation))
        headers = given.pop('headers', {})
        if operation.entry.get('x-hefboom', {}).get('if_match'):
            headers = {'If-Match': '*', **headers}
        return self.world.api.call(
            operation.method, self.path(kind, operation, made),
            json=stages(kind).body(self.world, action, made),
            headers=headers, **{'org': self.world.org, **given})

    def read(self, kind, action, relation, made):
        """What the relation reads of it; None where it cannot be read."""
        cut = '{%s_id}' % kind
        route = self.document.operations[action].route.split(cut)[0] + cut
        for operation in self.document.operations.values():
            if (operation.method, operation.route) == ('GET', route):
                found = self.world.api.get(
                    self.path(kind, operation, made),
                    **{'org': self.world.org, **self.relation(kind, relation)})
                if found.status_code == 200 and found.json()['id'] == made:
                    return found.json()
        return None


@pytest.fixture(scope='module')
def stage(worlds, document):
    return Stage(worlds['demo'], document)


@pytest.mark.parametrize('kind, state, name, relation', cases())
def test_action(stage, kind, state, name, relation):
    action = MACHINES[kind]['actions'][name]
    refused = wanted(kind, state, action, relation)
    if refused is None:
        succeed(stage, kind, state, name, relation)
        return
    made = stage.share(kind, state)
    before = stage.row(kind, made)
    try:
        reply = stage.act(kind, name, relation, made)
        if isinstance(refused, int):
            reply.expect(refused)
        else:
            reply.expect(stage.document.problems[refused]['status'],
                         code=refused)
        assert stage.row(kind, made) == before, 'refused, and yet changed'
    except AssertionError:
        del stage.shared[kind, state]
        raise


def succeed(stage, kind, state, name, relation):
    action = MACHINES[kind]['actions'][name]
    then = action['from'][state]
    made = stage.make(kind, state)
    before = stage.row(kind, made)
    reply = stage.act(kind, name, relation, made)
    assert 200 <= reply.status_code < 300, reply
    after = stage.row(kind, made)
    assert after['state'] == then, f'{state} -> {after["state"]}'
    told = reply.json() if reply.content else {}
    assert told.get('id') != made or told.get('state', then) == then, told
    if then != state and 'version' in before:
        assert after['version'] > before['version'], 'the same version'
    read = stage.read(kind, name, action['by'][0], made)
    assert read is None or read['state'] == then, read


@pytest.mark.parametrize('kind', MACHINES)
def test_everybody_is_asked(kind):
    """Each action has a line for each relation."""
    for name, action in MACHINES[kind]['actions'].items():
        missing = set(stages(kind).RELATIONS) - {
            *action['by'], *action.get('others', {})}
        assert not missing, f'{name} says nothing of {sorted(missing)}'


@pytest.mark.parametrize('kind', MACHINES)
def test_no_action_is_forgotten(kind, document):
    """POST .../{KIND_id}/word is an action, or says why it is none."""
    machine = MACHINES[kind]
    known = {*machine['actions'], *machine.get('aside', {})}
    unknown = set(machine.get('aside', {})) - set(document.operations)
    assert not unknown, f'aside, but no operations: {sorted(unknown)}'
    forgotten = [
        operation.id for operation in document.operations.values()
        if operation.method == 'POST' and operation.id not in known
        and re.search(r'\{%s_id\}/[a-z-]+$' % kind, operation.route)]
    assert not forgotten, (
        f'openapi/states.yaml: {kind} has no actions {forgotten}; what do they'
        ' do in each state? If it is nothing: aside')


def timers():
    return [(kind, name) for kind, machine in MACHINES.items()
            for name in machine.get('timers', {})]


def run_job(stage, server, kind, name, owner, made, later):
    """The row after the job of `owner`, at clock() + later."""
    plain = Plain(server.runtime_url)
    try:
        plain.execute('begin')
        plain.execute(
            f"select set_config('hefboom.org', '{stage.world.org_id}', true),"
            " set_config('hefboom.person', '', true),"
            f" set_config('hefboom.clock', '{later}', true)")
        statements = [one for one in baked.tree().jobs
                      if re.sub(r'\.\d+$', '', one.name) == name]
        for statement in statements:
            for text in baked.texts(None, statement):
                plain.run(plain.prepare(text.text, text.types), text.values({
                    'auth.org': stage.world.org_id, 'arg.object_id': owner}))
        table = MACHINES[kind]['table']
        rows = plain.execute(f'select to_jsonb(t) from "{table}" t'
                             f" where id = '{made}'")
        return json.loads(rows[0][0])
    finally:
        plain.close()


@pytest.mark.parametrize('kind, name', timers())
def test_timer(stage, server, kind, name):
    """Moves what is in one of its states, when it is due, and nothing else.

    An object that it moves has the timer set. Earlier than that it moves
    nothing: who takes a timer may be overtaken by whoever puts it off."""
    moves = MACHINES[kind]['timers'][name]['from']
    whose = getattr(stages(kind), 'timer', lambda world, name, made: made)
    found = {}
    for state in MACHINES[kind]['states']:
        made = stage.share(kind, state)
        owner = str(whose(stage.world, name, made))
        found[state] = made, owner, stage.world.db.one(
            "select extract(epoch from due_at - clock()) + 1 from timer"
            ' where org_id = %s and kind = %s and object_id = %s',
            [stage.world.org_id, name, owner])
    unset = [state for state in moves if found[state][2] is None]
    assert not unset, f'in {unset} no timer {name} is set'
    latest = max((found[state][2] for state in moves), default=0)
    for state, (made, owner, seconds) in found.items():
        before = stage.row(kind, made)
        due = f'{seconds if state in moves else latest} s'
        after = run_job(stage, server, kind, name, owner, made, due)
        if state in moves:
            assert after['state'] == moves[state], state
            if seconds > 60:
                early = run_job(stage, server, kind, name, owner, made,
                                f'{float(seconds) / 2} s')
                assert early['state'] == state, f'{state}, before it was due'
        else:
            assert (after['state'], after.get('version')) == (
                state, before.get('version')), state

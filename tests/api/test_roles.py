"""Every operation x every role x no token at all, from /openapi.json: who the
document lets in gets in, everybody else gets 401 or 403 and changes nothing.

Mutations: `[hr]` written where `[member]` was meant in one entry of
openapi/paths is the document itself, and no mutation; `found == 0` left out
of access.c, or ROLE_LEADER implying ROLE_HR: test_roles fails.
"""

import jwt
import pytest

import fixtures
from harness import baked

ROLES = ('member', 'facilitator', 'trainer', 'leader', 'hr', 'integrator',
         'admin')
IMPLIES_MEMBER = {'leader', 'hr', 'admin'}
DOOR = {'unauthenticated', 'invalid_token', 'forbidden', 'insufficient_scope',
        'caller_unknown', 'person_inactive'}


def effective(roles):
    """What a token of ours comes to; words that are no role say nothing."""
    found = set(roles) & set(ROLES)
    if found & IMPLIES_MEMBER:
        found.add('member')
    return found


@pytest.fixture(scope='module')
def others(worlds):
    """The small organisation: its rows are compared before and after."""
    world = worlds['other']
    return world, lambda: world.db.fingerprint(world.org_id)


def test_the_matrix_is_whole(document):
    assert set(baked.operation_ids()) == set(document.operations)


@pytest.mark.parametrize('name', baked.operation_ids())
def test_roles(name, document, call, others):
    operation = document.operations[name]
    if operation.open:
        call(name).send(as_=None).expect(*operation.success)
        return
    world, rows = others
    faults = []
    refused = call(name, 'other')
    before = rows()
    tried = [[role] for role in ROLES]
    tried += [[], ['Hr'], ['hr '], ['root'], ['member,hr'], ['member hr'],
              ['member', 'facilitator', 'trainer', 'leader']]
    for roles in tried:
        if effective(roles) & set(operation.roles):
            continue
        reply = refused.send(roles=roles)
        if (reply.status_code, reply.code) != (403, 'forbidden'):
            faults.append(f'{roles}: {reply}, and not forbidden')
    for token, code in (
            (None, 'unauthenticated'),
            ('', 'invalid_token'),
            ('nonsense', 'invalid_token'),
            (jwt.encode({'sub': 'els'}, 'x' * 32, 'HS256'), 'invalid_token'),
            (world.api.server.token('other', 'els', ['member'], ttl=-3600),
             'invalid_token')):
        reply = refused.send(as_=None, **(
            {} if token is None else {'token': token}))
        if reply.status_code != 401 or reply.code != code and token != '':
            faults.append(f'token {str(token)[:20]}: {reply}')
    if operation.roles[0] not in ('integrator', 'trainer'):
        stranger = refused.send(as_='nobody-of-that-name',
                                roles=operation.roles[:1])
        if (stranger.status_code, stranger.code) != (403, 'caller_unknown'):
            faults.append(f'a stranger: {stranger}')
    if rows() != before:
        faults.append('a refused call changed something')
    for roles in tried:
        if not effective(roles) & set(operation.roles):
            continue
        scope = ' '.join(operation.entry.get('x-hefboom', {})
                         .get('scopes', ()))
        reply = call(name, roles=roles, scope=scope).send()
        if reply.status_code == 401 or reply.code in DOOR:
            faults.append(f'{roles}: {reply}, but the document lets it in')
    assert not faults, '\n'.join(faults)


@pytest.mark.parametrize('name', baked.operation_ids())
def test_scopes(name, document, call):
    """A machine needs one of the scopes; a person's role is enough."""
    operation = document.operations[name]
    scopes = operation.entry.get('x-hefboom', {}).get('scopes', ())
    if 'integrator' not in operation.roles or not scopes:
        pytest.skip('no machine calls this with a scope')
    for scope in (None, 'other:thing', scopes[0] + 'x', 'x' + scopes[0],
                  scopes[0].upper()):
        reply = call(name).send(as_='a-machine', roles=['integrator'],
                                scope=scope)
        reply.expect(403, code='insufficient_scope')
        assert reply.headers['WWW-Authenticate'] == (
            'Bearer error="insufficient_scope", scope="%s"' % ' '.join(scopes))
    for scope in scopes:
        for text in (scope, f'a:b {scope} c:d'):
            reply = call(name).send(as_='a-machine', roles=['integrator'],
                                    scope=text)
            assert reply.code not in DOOR, reply


def test_somebody_whom_hr_has_deactivated(api, db, worlds, document, call):
    """Refused although the token has not expired, at every operation."""
    world = worlds['other']
    api.get('/v1/me', org='other').expect(200)
    calls = [call(name, 'other') for name, operation
             in document.operations.items() if not operation.open]
    db.execute('update person set active = false where org_id = %s'
               " and user_name = 'els'", [world.org_id])
    try:
        faults = [repr(reply) for one in calls
                  if one.as_ == 'els'
                  for reply in [one.send()]
                  if (reply.status_code, reply.code)
                  != (403, 'person_inactive')]
        assert not faults, '\n'.join(faults)
    finally:
        db.execute('update person set active = true where org_id = %s'
                   " and user_name = 'els'", [world.org_id])
    api.get('/v1/me', org='other').expect(200)


def test_a_token_of_one_organisation_is_not_one_of_another(
        api, server, document):
    """The same user name in both: two people."""
    here = api.get('/v1/me').expect(200).json()
    there = api.get('/v1/me', org='other').expect(200).json()
    assert here['id'] != there['id']
    for org in ('nowhere', '', 'Demo', 'demo ', "demo'--"):
        reply = api.get('/v1/me', org=org)
        assert reply.status_code in (401, 403), reply


def test_every_fixture_is_an_operation(document):
    assert set(fixtures.valid) == set(document.operations), (
        set(fixtures.valid) ^ set(document.operations))

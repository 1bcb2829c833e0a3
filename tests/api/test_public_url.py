"""Where SCIM's resources say that they are: the setting public_url, else what
the client called the server by.

Mutations: the setting ignored; the address of `listen` instead of Host.
"""

import pytest

USERS = '/scim/v2/Users/'


@pytest.fixture(scope='module')
def made(document, call):
    if 'scim_create_user' not in document.operations:
        pytest.skip('there is no scim_create_user in this document')
    return lambda api=None, **headers: call('scim_create_user').send(
        api, headers=headers).expect(201)


@pytest.mark.parametrize('host', [
    'hr.example.org', 'hr.example.org:8443', '[::1]:80', 'localhost'])
def test_as_the_client_called_it(made, host):
    location = made(Host=host).headers['Location']
    assert location.startswith(f'http://{host}{USERS}'), location


@pytest.mark.parametrize('host', ['a b', 'a/b', '"a"', 'a\\b', ''])
def test_a_host_that_is_none(api, host):
    api.get('/scim/v2', as_=None, headers={'Host': host}).expect(
        400, code='bad_request')


def test_as_it_was_set(made, api):
    with api.beside(HEFBOOM_PUBLIC_URL='https://hr.example.org/peers/',
                    HEFBOOM_WORKERS=1) as public:
        location = made(public, Host='elsewhere').headers['Location']
        assert location.startswith(f'https://hr.example.org/peers{USERS}'), (
            location)

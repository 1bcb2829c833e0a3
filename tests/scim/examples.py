"""examples -- the bodies of the RFCs' figures, and Entra's and Okta's users.

Figures of RFC 7643, section 8: 8.1 a minimal user, 8.2 a full one, 8.3 one
with the enterprise extension, 8.4 a group.
"""

from .client import ENTERPRISE, USER

MINIMAL = {'schemas': [USER], 'userName': 'bjensen@example.com'}

FULL = {
    'schemas': [USER],
    'externalId': '701984',
    'userName': 'bjensen@example.com',
    'name': {
        'formatted': 'Ms. Barbara J Jensen, III', 'familyName': 'Jensen',
        'givenName': 'Barbara', 'middleName': 'Jane',
        'honorificPrefix': 'Ms.', 'honorificSuffix': 'III'},
    'displayName': 'Babs Jensen',
    'nickName': 'Babs',
    'profileUrl': 'https://login.example.com/bjensen',
    'emails': [
        {'value': 'bjensen@example.com', 'type': 'work', 'primary': True},
        {'value': 'babs@jensen.org', 'type': 'home'}],
    'addresses': [
        {'streetAddress': '100 Universal City Plaza',
         'locality': 'Hollywood', 'region': 'CA', 'postalCode': '91608',
         'country': 'USA',
         'formatted': '100 Universal City Plaza\nHollywood, CA 91608 USA',
         'type': 'work', 'primary': True},
        {'streetAddress': '456 Hollywood Blvd', 'locality': 'Hollywood',
         'region': 'CA', 'postalCode': '91608', 'country': 'USA',
         'formatted': '456 Hollywood Blvd\nHollywood, CA 91608 USA',
         'type': 'home'}],
    'phoneNumbers': [
        {'value': '555-555-5555', 'type': 'work'},
        {'value': '555-555-4444', 'type': 'mobile'}],
    'photos': [
        {'value': 'https://photos.example.com/profilephoto/72930000000Ccne/F',
         'type': 'photo'},
        {'value': 'https://photos.example.com/profilephoto/72930000000Ccne/T',
         'type': 'thumbnail'}],
    'userType': 'Employee',
    'title': 'Tour Guide',
    'preferredLanguage': 'en-US',
    'locale': 'en-US',
    'timezone': 'America/Los_Angeles',
    'active': True,
}

# Of the same figure: accepted, and neither stored nor advertised.
IGNORED = {
    'password': 't1meMa$heen',
    'ims': [{'value': 'someaimhandle', 'type': 'aim'}],
    'x509Certificates': [{'value': 'MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvc'}],
}

# Of the same figure: what only the server says.
READ_ONLY = {
    'id': '2819c223-7f76-453a-919d-413861904646',
    'groups': [
        {'value': 'e9e30dba-f08f-4109-8486-d5c6a331660a',
         '$ref': 'https://example.com/v2/Groups/'
                 'e9e30dba-f08f-4109-8486-d5c6a331660a',
         'display': 'Tour Guides'}],
    'meta': {
        'resourceType': 'User', 'created': '2010-01-23T04:56:22Z',
        'lastModified': '2011-05-13T04:42:34Z', 'version': 'W/"a330bc54f0"',
        'location': 'https://example.com/v2/Users/'
                    '2819c223-7f76-453a-919d-413861904646'},
}

EXTENSION = {
    'employeeNumber': '701984',
    'costCenter': '4130',
    'organization': 'Universal Studios',
    'division': 'Theme Park',
    'department': 'Tour Operations',
}


def enterprise(manager):
    """8.3; its manager has to be somebody who is there."""
    return {**FULL, 'schemas': [USER, ENTERPRISE],
            ENTERPRISE: {**EXTENSION, 'manager': {'value': manager}}}


def okta(name, given='Test', family='User'):
    """As Okta's protocol reference creates one."""
    return {
        'schemas': [USER], 'userName': name,
        'name': {'givenName': given, 'familyName': family},
        'emails': [{'primary': True, 'value': name, 'type': 'work'}],
        'displayName': f'{given} {family}', 'locale': 'en-US',
        'externalId': '00u' + name, 'groups': [], 'password': '1mz050nq',
        'active': True}


def entra(name, number):
    """As Microsoft's page creates one."""
    return {
        'schemas': [USER, ENTERPRISE], 'externalId': f'entra-{number}',
        'userName': name, 'active': True,
        'emails': [{'primary': True, 'type': 'work',
                    'value': f'{number}@testuser.com'}],
        'meta': {'resourceType': 'User'},
        'name': {'formatted': 'givenName familyName',
                 'familyName': 'familyName', 'givenName': 'givenName'},
        'roles': []}

"""evaluator -- what a filter means, told a second time (RFC 7644, 3.4.2.2).

A filter is a tree that prints itself and judges a resource as it was read;
the server only ever sees the print.  A multi-valued attribute matches when one
of its values does.  What is missing has no value: nothing is equal to it and
nothing is in it, so that only `ne`, `not` and `eq null` find it.

    Compare(path, operator, value)   path: 'emails.value' or 'active'
    Present(path)   All(a, b)   Any(a, b)   Not(a)
    Within('emails', filter)         one and the same element
"""

import json

EXACT = {'id', 'externalid', 'meta.resourcetype', 'schemas', 'groups.value',
         'members.value'}
ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:'
CORE = 'urn:ietf:params:scim:schemas:core:2.0:user:'


def member(node, name):
    """Whatever the case; None when it is not there."""
    if not isinstance(node, dict):
        return None
    return next((value for key, value in node.items()
                 if key.lower() == name.lower()), None)


def values(resource, path):
    """All the values at a path, elements of arrays one by one."""
    lower = path.lower()
    nodes = [resource]
    if lower.startswith(ENTERPRISE):
        nodes = [member(resource, ENTERPRISE[:-1])]
        path = path[len(ENTERPRISE):]
    elif lower.startswith(CORE):
        path = path[len(CORE):]
    for name in path.split('.'):
        found = []
        for node in nodes:
            value = member(node, name)
            found += value if isinstance(value, list) else [value]
        nodes = [one for one in found if one is not None]
    # A complex attribute without a part named stands for its value.
    return [one['value'] if isinstance(one, dict) and 'value' in one else one
            for one in nodes]


def compares(operator, found, wanted, exact):
    if isinstance(wanted, bool) or isinstance(found, bool):
        return operator == 'eq' and found is wanted
    if not exact:
        found, wanted = found.lower(), wanted.lower()
    return {'eq': lambda: found == wanted,
            'co': lambda: wanted in found,
            'sw': lambda: found.startswith(wanted),
            'ew': lambda: found.endswith(wanted),
            'gt': lambda: found > wanted, 'ge': lambda: found >= wanted,
            'lt': lambda: found < wanted, 'le': lambda: found <= wanted,
            }[operator]()


class Compare:
    def __init__(self, path, operator, value):
        self.path, self.operator, self.value = path, operator, value

    def __str__(self):
        return f'{self.path} {self.operator} {json.dumps(self.value)}'

    def holds(self, resource, within=''):
        name = (within + self.path).lower().replace(CORE, '')
        found = values(resource, self.path)
        if self.value is None:
            return (self.operator == 'eq') == (not Present(
                self.path).holds(resource))
        if self.operator == 'ne':
            return not found or any(
                not compares('eq', one, self.value, name in EXACT)
                for one in found)
        return any(compares(self.operator, one, self.value, name in EXACT)
                   for one in found)


class Present:
    def __init__(self, path):
        self.path = path

    def __str__(self):
        return f'{self.path} pr'

    def holds(self, resource, within=''):
        return any(one not in ('', {}) for one in values(resource, self.path))


class All:
    word, fold = 'and', staticmethod(all)

    def __init__(self, *parts):
        self.parts = parts

    def __str__(self):
        return '(' + f' {self.word} '.join(map(str, self.parts)) + ')'

    def holds(self, resource, within=''):
        return self.fold(one.holds(resource, within) for one in self.parts)


class Any(All):
    word, fold = 'or', staticmethod(any)


class Not:
    def __init__(self, part):
        self.part = part

    def __str__(self):
        return f'not ({self.part})'

    def holds(self, resource, within=''):
        return not self.part.holds(resource, within)


class Within:
    def __init__(self, path, part):
        self.path, self.part = path, part

    def __str__(self):
        return f'{self.path}[{self.part}]'

    def holds(self, resource, within=''):
        found = member(resource, self.path) or []
        return any(self.part.holds(one, self.path + '.') for one in found)

"""coverage -- which operation was answered with what, and what never was."""

import collections


# Listed, but not to be met from outside; each with the reason.
EXCUSED = {
    ('get_readyz', 'shutting_down'):
        'a server that drains takes no new connection, and what was on its'
        ' way when it began is answered before it looks for more',
}


class Coverage:
    def __init__(self):
        self.statuses = collections.defaultdict(collections.Counter)
        self.codes = collections.defaultdict(set)
        # Nested parts of replies: {(schema, property): seen non-empty}.
        self.nested = {}

    def saw(self, operation, status, code=None):
        self.statuses[operation.id][status] += 1
        if code:
            self.codes[operation.id].add(code)

    def saw_body(self, operation, status, body):
        """Operations that answer with one schema count for one another: a
        skill that was just made has nothing merged into it."""
        schema = operation.response_schema(status) or {}
        name_of_schema = schema.get('$ref', operation.id).split('/')[-1]
        schema = operation.document.resolve(schema)
        rows = [body]
        if operation.is_list:
            schema = operation.document.resolve(operation.document.resolve(
                schema.get('properties', {}).get('items', {}))
                .get('items', {}))
            rows = body.get('items', [])
        for name, part in nested_parts(operation.document, schema):
            key = (name_of_schema, name)
            self.nested.setdefault(key, False)
            if any(isinstance(row, dict) and row.get(name) for row in rows):
                self.nested[key] = True

    def missing(self, document, fixtures):
        """Sentences; empty when everything was called and answered."""
        wrong = []
        for operation in document.operations.values():
            if operation.id not in fixtures:
                wrong.append(f'{operation.id}: no fixture')
            seen = self.statuses.get(operation.id, {})
            if not seen:
                wrong.append(f'{operation.id}: never called')
                continue
            for status in operation.responses:
                if status.isdigit() and int(status) not in seen:
                    wrong.append(f'{operation.id}: {status} never answered')
            for code in sorted(operation.own_codes
                               - self.codes.get(operation.id, set())):
                if (operation.id, code) in EXCUSED:
                    continue
                wrong.append(f'{operation.id}: {code} never answered')
        for (schema, name), seen in sorted(self.nested.items()):
            if not seen:
                wrong.append(f'{schema}: nested {name} always empty')
        for operation in fixtures:
            if operation not in document.operations:
                wrong.append(f'{operation}: a fixture without operation')
        return wrong

    def table(self, document):
        lines = []
        for operation in document.operations.values():
            seen = self.statuses.get(operation.id, {})
            documented = {int(status) for status in operation.responses
                          if status.isdigit()}
            marks = [f'{status}:{seen[status]}' if seen.get(status)
                     else f'{status}:-'
                     for status in sorted(documented | set(seen))]
            lines.append(f'{operation.id:32} {" ".join(marks)}')
        return '\n'.join(lines)


def nested_parts(document, schema):
    """Properties that are objects or arrays, as (name, schema); but for
    those that have one value only, like RFC 8414's response_types_supported
    of a server that has none."""
    for part in schema.get('allOf', ()):
        yield from nested_parts(document, document.resolve(part))
    for name, value in schema.get('properties', {}).items():
        value = document.resolve(value)
        kinds = value.get('type', [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if ('object' in kinds or 'array' in kinds) and 'const' not in value:
            yield name, value

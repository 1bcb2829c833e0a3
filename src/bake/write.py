"""operations.c: every table of operation.h and problem.h, readable."""

import json
import os
import re

from document import LANGUAGES
from page import POLICY
from statement import OIDS

BODY_LIMIT = 256 * 1024
BODY_ELEMENTS = 10000
HEAD = '''/* Made by src/bake from openapi/ and sql/; edit those. */
#include "hefboom/operation.h"
#include "hefboom/problem.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"
'''


def quote(text):
    if text is None:
        return 'NULL'
    for plain, written in (('\\', '\\\\'), ('"', '\\"'), ('\n', '\\n'), ('\t', '\\t'),
                           ('\r', '\\r'), ('??', '?\\?')):
        text = text.replace(plain, written)
    return '"%s"' % text


def long(text):
    """A string literal, a line of the text a line."""
    if text is None:
        return 'NULL'
    return '\n\t'.join(quote(line) for line in text.splitlines(keepends=True) or [''])


def texts(of):
    return '{%s}' % ', '.join(quote((of or {}).get(tag)) for tag in LANGUAGES)


def boolean(value):
    return 'true' if value else 'false'


def fallback(value):
    """A default as a client would have written it."""
    if isinstance(value, list):
        return ','.join(fallback(v) for v in value)
    return value if value is None or isinstance(value, str) else json.dumps(value)


class Writer:
    def __init__(self):
        self.out = [HEAD]

    def table(self, kind, name, rows):
        """An array of this file's own; C has no empty ones, so none is NULL."""
        if not rows:
            return 'NULL'
        self.out.append('static const %s %s[] = {\n%s};\n' % (
            kind, name, ''.join('\t%s,\n' % row for row in rows)))
        return name

    def public(self, kind, name, rows):
        """An array of the headers', and how many rows it has."""
        empty = '{.%s = NULL}' % ('code' if name in ('problems', 'field_texts') else 'name')
        self.out.append('const struct %s %s[] = {\n%s};\n' % (
            kind, name, ''.join('\t%s,\n' % row for row in rows or [empty])))
        self.out.append('const size_t %s_count = %d;\n' % (name[:-1], len(rows)))

    def names(self, name, words):
        """A NULL-ended list of strings."""
        return self.table('char *const', name, [quote(word) for word in words] + ['NULL'])

    def statement(self, prefix, statement):
        name = prefix + re.sub(r'\W', '_', statement.name)
        pieces = self.table('struct piece', name + '_pieces', [
            ('{PIECE_%s, %d, %s, %s}' if kind in ('PAGE', 'ORDER') else
             '{PIECE_%s, %d,\n\t%s,\n\t%s}') % (kind, index, long(text), long(other))
            for kind, index, text, other in statement.pieces])
        arguments = self.table('struct argument', name + '_arguments', [
            '{SOURCE_%s, %d, %d, %s}' % (source, index, oid, quote(spelt))
            for source, index, oid, spelt in statement.arguments])
        return '{%s, %s, %d, %s, %d, %d}' % (
            quote(statement.name), pieces, len(statement.pieces), arguments,
            len(statement.arguments), statement.cursor_at)

    def order(self, name, key, keys):
        rows = self.table('struct order_key', '%s_order_%s' % (name, key), [
            '{%s, %d}' % (quote(column), OIDS[kind]) for column, kind, _ in keys])
        return '{%s, %s, %d, %s}' % (quote(key), rows, len(keys), boolean(keys[0][2]))

    def operation(self, o, resolve):
        name, extra, get = o.name, o.extra, o.method == 'get'
        if o.is_c:
            self.out.append('handler_fn %s;\n' % name)
        parameters = self.table('struct parameter', name + '_parameters', [
            '{%s, IN_%s, %s,\n\t %s, %s}' % (
                quote(p['name']), p['in'].upper(), boolean(p.get('required')),
                quote(pointer + '/schema'),
                quote(fallback((resolve(p.get('schema')) or {}).get('default'))))
            for pointer, p in o.parameters])
        orders = self.table('struct order', name + '_orders', [
            self.order(name, key, keys) for key, keys in o.keys.items()])
        statements = self.table('struct statement', name + '_statements', [
            self.statement(name + '_sql_', s) for s in o.statements])
        body = ('NONE' if o.body is None else 'SPOOL' if extra.get('body') == 'spool' else
                'FORM' if o.form else
                'MERGE_PATCH' if o.method == 'patch' and not o.scim else 'JSON')
        fields = {
            'name': quote(name), 'method': quote(o.method.upper()), 'route': quote(o.route),
            'kind': 'OPERATION_C' if o.is_c else 'OPERATION_SQL',
            'dialect': 'DIALECT_SCIM' if o.scim else 'DIALECT_PROBLEM',
            'roles': ' | '.join('ROLE_' + role.upper() for role in o.roles) or '0',
            'scopes': self.names(name + '_scopes', extra.get('scopes') or []),
            'lane': 'LANE_' + extra.get('lane', 'fast' if get else 'write').upper(),
            'custom_plan': {'custom': 'UINT32_MAX', 'filtered': '%#x' % sum(
                1 << i for i, (_, p) in enumerate(o.parameters) if p['in'] == 'query' and p['name']
                not in ('limit', 'after', 'order'))}.get(extra.get('plan'), 0),
            'if_match_required': boolean(o.if_match), 'sealed': boolean(o.sealed),
            'is_list': boolean(o.orders), 'keyed': boolean(o.keyed), 'body': 'BODY_' + body,
            'body_required': boolean((o.entry.get('requestBody') or {}).get('required')),
            'body_limit': 0 if body == 'NONE' else extra.get('body_limit', BODY_LIMIT),
            'body_elements': 0 if body == 'NONE' else extra.get('body_elements', BODY_ELEMENTS),
            'body_schema': quote(o.body_pointer()), 'status': o.status,
            'replies_json': boolean(o.replies_json), 'parameters': parameters,
            'parameter_count': len(o.parameters), 'orders': orders, 'order_count': len(o.keys),
            'statements': statements, 'statement_count': len(o.statements),
            'handler': name if o.is_c else 'NULL'}
        return '{\n%s\t}' % ''.join('\t\t.%s = %s,\n' % field for field in fields.items())

    def string(self, name, text, lines):
        self.out.append('const char %s[] =\n\t%s;\n' % (name, lines))
        self.out.append('const size_t %s_length = %d;\n' % (name, len(text.encode())))

    def json(self, name, value):
        """Without blanks; as C, a line for each line that it would have had."""
        lines = [re.sub(r'^("(?:[^"\\]|\\.)*"): ', r'\1:', line.lstrip()) for line in
                 json.dumps(value, ensure_ascii=False, indent=1).split('\n')]
        self.string(name, ''.join(lines), '\n\t'.join(quote(line) for line in lines))


def verbatim(path, keep_ending):
    base = os.path.basename(path)
    with open(path, encoding='utf-8') as stream:
        return '{%s,\n\t%s}' % (quote(base if keep_ending else os.path.splitext(base)[0]),
                                long(stream.read()))


def render(tree):
    """The whole file."""
    writer = Writer()
    writer.public('operation', 'operations', [
        writer.operation(o, tree.resolve) for o in tree.operations])
    for kind, found in (('statement', tree.statements), ('job', tree.jobs)):
        writer.public('statement', kind + 's', [
            writer.statement(kind + '_', s) for s in sorted(found, key=lambda s: s.name)])
    for name, paths in (('migrations', tree.migrations), ('views', tree.views),
                        ('demos', tree.demos)):
        writer.public('migration', name, [verbatim(path, name == 'demos') for path in paths])
    writer.public('problem', 'problems', [
        '{%s, %d,\n\t %s,\n\t %s,\n\t %s, %s}' % (
            quote(code), p['status'], texts(p['title']), texts(p.get('detail')),
            quote(p.get('pointer')), quote(p.get('scim_type'))) for code, p in sorted(tree.problems.items())])
    writer.public('field_text', 'field_texts', [
        '{%s,\n\t %s}' % (quote(code), texts(of)) for code, of in sorted(tree.fields.items())])
    writer.json('openapi_json', tree.document)
    writer.string('docs_page', tree.page, long(tree.page))
    writer.string('docs_policy', POLICY, quote(POLICY))
    return '\n'.join(writer.out)

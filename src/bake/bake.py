#!/usr/bin/python3
"""bake -- openapi/ and sql/ become one readable operations.c.

Whatever is wrong is said in a line `file:line: what`, and nothing is
written.  The document that is served, validated against and routed by is
this one, so that it cannot drift from the program.
"""

import argparse
import json
import os
import sys

import checks
import document
import page
import replies
import sql
import statement
import states
import tables
import write


class Tree:
    """Everything that was read, on its way to everything written."""

    def __init__(self, root, faults):
        self.root, self.faults = root, faults
        base = os.path.join(root, 'openapi')
        self.document, self.operations = document.bundle(root, faults)
        self.vocabulary = document.read(os.path.join(base, 'problems.yaml'), faults)
        self.problems = self.vocabulary.get('problems') or {}
        self.fields = self.vocabulary.get('fields') or {}
        self.events = (document.read(os.path.join(base, 'events.yaml'), faults)
                       .get('events') or {})
        self.states = document.read(os.path.join(base, 'states.yaml'), faults)
        self.migrations = document.files(root, 'sql/migrations', '.sql')
        self.views = document.by_need(document.files(root, 'sql/views', '.sql'))
        self.demos = document.files(root, 'sql/demo', ('.sql', '.csv'))
        self.sources = {folder: [statement.Source(path) for path in
                                 document.files(root, 'sql/' + folder, '.sql')]
                        for folder in ('queries', 'statements', 'jobs')}
        statement.splice(self.sources['queries'], faults)
        self.statements, self.jobs = [], []

    def resolve(self, node):
        return document.resolve(self.document, node)

    def compile(self):
        by_name = {source.name: source for source in self.sources['queries']}
        for operation in self.operations:
            operation.keys = checks.order_keys(self, operation)
            operation.source = None if operation.is_c else by_name.get(operation.name)
            if operation.source is not None:
                operation.statements = statement.Compiler(
                    operation.source, self.faults, operation, self.resolve).run()
        for source in self.sources['statements']:
            self.statements += statement.Compiler(source, self.faults).run()
        for source in self.sources['jobs']:
            self.jobs += statement.Compiler(source, self.faults).run()


def bake(root):
    """A tree that is complete, and the lines that say what is wrong."""
    faults = document.Faults(root)
    tree = Tree(root, faults)
    if not faults.lines:
        checks.check_entries(tree)
        sql.check_files(tree)
    if not faults.lines:
        states.check(tree)
        tree.compile()
        sql.check_sql(tree, tables.Tables(tree))
    if not faults.lines:
        replies.complete(tree)
        tree.page = page.render(tree)
    return tree, faults.report()


def put(path, text):
    with open(path, 'w', encoding='utf-8') as stream:
        stream.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--root', default='.')
    parser.add_argument('--out')
    parser.add_argument('--json')
    arguments = parser.parse_args()
    tree, faults = bake(arguments.root)
    if faults:
        sys.exit('\n'.join(faults))
    if arguments.out:
        put(arguments.out, write.render(tree))
    if arguments.json:
        put(arguments.json, json.dumps(tree.document, ensure_ascii=False, indent=1) + '\n')


if __name__ == '__main__':
    main()

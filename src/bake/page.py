"""The built-in page of /docs: every operation, in HTML that needs nothing else."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from itertools import groupby

from document import LANGUAGES, media

# The page is the same whatever its address; its reader's browser knows that.
SCRIPT = 'document.getElementById("base").textContent = location.origin'
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; \
form-action 'none'; frame-ancestors 'none'" % b64encode(sha256(SCRIPT.encode()).digest()).decode()
HEAD = '''<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 sans-serif; max-width: 50rem; margin: auto; padding: 1rem;
overflow-wrap: anywhere }}
pre, code {{ font-family: monospace; background: #8883 }}
pre {{ padding: .5rem; overflow-x: auto }}
article {{ border-top: 1px solid #999 }}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>Everything that this server does. The same for programs: <a
href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). The lines below work once their
{{ids}} are filled in, in a shell that knows two things:</p>
<pre tabindex="0">export HEFBOOM=<span id="base">http://127.0.0.1:8080</span>
export TOKEN=$(hefboom token --org demo --person els --role member)</pre>
<script>{script}</script>
</header>
<nav aria-label="Operations"><ul>{links}</ul></nav>
<main>
'''
TITLE = '<h3><code>%s %s</code> %s</h3>\n<p>%s</p>\n'


def prose(text):
    """A line of Markdown; only its code marks matter here."""
    return re.sub(r'`([^`]+)`', r'<code>\1</code>', escape(text.strip()))


def quote(text):
    return "'%s'" % text.replace("'", "'\\''")


def curl(tree, operation):
    """A line that works as soon as {ids} are filled in."""
    words = ['curl -sS']
    if operation.method not in ('get', 'post'):
        words.append('-X ' + operation.method.upper())
    if operation.roles:
        words.append('-H "Authorization: Bearer $TOKEN"')
    if operation.if_match:
        words.append("""-H 'If-Match: "1.00000000"'""")
    if operation.body is not None:
        _, body = media(operation.entry['requestBody']['content'])
        first = next(iter(body.get('examples', {'': {}}).values()))
        value = body.get('example', (tree.resolve(first) or {}).get('value'))
        words.append('-H %s' % quote('Content-Type: ' + operation.body_kind))
        words.append('-d %s' % quote(json.dumps(value, ensure_ascii=False)))
    elif operation.method == 'post':
        words.append('-X POST')
    return ' \\\n  '.join([' '.join(words[:2])] + words[2:] +
                          ['"$HEFBOOM%s"' % operation.route])


def section(tree, operation):
    entry = operation.entry
    roles = ', '.join(operation.roles) or 'everybody, without a token'
    parameters = ''.join('<li><code>%s</code> in the %s%s. %s</li>\n' % (
        escape(p['name']), p['in'], ', required' if p.get('required') else '',
        prose(p.get('description', ''))) for _, p in operation.parameters)
    problems = ', '.join('<a href="#problem-%s">%s</a>' % (c.replace('_', '-'), c)
                         for c in operation.problems)
    return '<article id="%s">\n%s<p>For: %s.</p>\n%s%s<pre tabindex="0">%s</pre>\n</article>\n' % (
        operation.name, TITLE % (operation.method.upper(), escape(operation.route),
                                 escape(entry['summary']), prose(entry.get('description', ''))),
        roles, '<ul>\n%s</ul>\n' % parameters if parameters else '',
        '<p>May be refused as: %s.</p>\n' % problems if problems else '',
        escape(curl(tree, operation), False))


def render(tree):
    def tag(operation):
        return (operation.entry.get('tags') or ['other'])[0]
    tags = [t['name'] for t in tree.document.get('tags', [])] + ['other']
    found = sorted(tree.operations, key=lambda o: tags.index(tag(o)))
    out = [HEAD.format(title=escape(tree.document['info']['title']), script=SCRIPT, links=''.join(
        '<li><a href="#%s">%s</a></li>\n' % (o.name, escape(o.entry['summary']))
        for o in found))]
    for name, group in groupby(found, tag):
        out.append('<h2>%s</h2>\n' % escape(name))
        out += [section(tree, operation) for operation in group]
    out.append('<h2>Refusals</h2>\n<dl>\n')
    for code, problem in sorted(tree.problems.items()):
        out.append('<dt id="problem-%s"><code>%s</code> %d</dt>\n' % (
            code.replace('_', '-'), code, problem['status']))
        out += ['<dd lang="%s">%s</dd>\n' % (t, escape(problem['title'][t])) for t in LANGUAGES]
    return ''.join(out) + '</dl>\n</main>\n</body>\n</html>\n'

"""What the engine adds to the document: headers and every refusal."""

from document import LANGUAGES, SCIM

SCIM_ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
INSTANCE = 'urn:uuid:0193a1f0-7d3c-7b8e-9c00-5a1b2c3d4e5f'


def type_uri(code):
    return '/problems/' + code


def conditions(operation):
    """What is so of an operation, in the words of problems.yaml's `when`."""
    get = operation.method == 'get'
    body = operation.body is not None and not operation.form
    scim = operation.scim
    return {word for word, is_so in (
        ('always', True), ('strict', not scim), ('json', operation.replies_json),
        ('database', not operation.is_c or operation.roles or 'lane' in operation.extra),
        ('form', operation.form),
        ('writes', not get), ('roles', operation.roles),
        ('scopes', operation.extra.get('scopes')), ('body', body),
        ('plain_body', body and not scim), ('scim_body', body and scim),
        ('no_body', operation.body is None and not get), ('parameters', operation.parameters),
        ('list', operation.orders), ('single', operation.placeholders),
        ('if_match', uses_if_match(operation)), ('if_match_required', operation.if_match),
        ('keyed', operation.keyed),
        ('keyless', operation.sealed and operation.method == 'post')) if is_so}


def uses_if_match(operation):
    return 'if_match' in operation.extra or any(
        argument[0] == 'IF_MATCH' for statement in operation.statements
        for argument in statement.arguments)


def headers(*names):
    return {name: {'$ref': '#/components/headers/' + name} for name in names}


def answer(codes, status, meaning, scim):
    """One response for all problems of a status."""
    kind, schema, prefix = (SCIM, 'ScimError', 'scim_error_') if scim else (
        'application/problem+json', 'Problem', 'problem_')
    more = {401: ('WWW-Authenticate',), 409: ('Retry-After',), 503: ('Retry-After',),
            403: ('WWW-Authenticate',) if 'insufficient_scope' in codes else (),
            415: ('Accept', 'Accept-Patch', 'Accept-Encoding'),
            429: ('Retry-After', 'RateLimit', 'RateLimit-Policy')}
    return {
        'description': '%s (%s)' % (meaning, ', '.join(codes)),
        'headers': headers('Request-Id', *more.get(status, ())),
        'content': {kind: {
            'schema': {'$ref': '#/components/schemas/' + schema},
            'examples': {code: {'$ref': '#/components/examples/' + prefix + code}
                         for code in codes}}}}


def example(code, problem):
    value = {'type': type_uri(code), 'title': problem['title']['en'],
             'status': problem['status'], 'instance': INSTANCE}
    if problem.get('detail'):
        value['detail'] = problem['detail']['en']
    if problem.get('pointer'):
        value['errors'] = [{'pointer': problem['pointer'], 'code': code,
                            'detail': value['title']}]
    return {'summary': value['title'], 'value': value}


def scim_example(problem):
    value = {'schemas': [SCIM_ERROR], 'status': str(problem['status'])}
    if 'scim_type' in problem:
        value['scimType'] = problem['scim_type']
    value['detail'] = problem['title']['en']
    return {'summary': value['detail'], 'value': value}


def succeed(operation, document):
    """The headers of a success, and the parameters that work here."""
    get = operation.method == 'get'
    responses = operation.entry['responses']
    if operation.is_c:  # says so itself
        etag = 'ETag' in responses.get(str(operation.status), {}).get('headers', {})
    else:
        etag = not operation.orders and (
            'version' in operation.reply(document)
            or any(token.word == '_etag' for part in operation.source.parts for token in part))
    for status in operation.successes:
        given = responses[status].setdefault('headers', {})
        for name, is_so in (
                ('Request-Id', True), ('ETag', etag and status != '204'),
                ('Link', operation.orders), ('Location', status == '201'),
                ('Idempotency-Replayed', operation.keyed),
                ('Content-Language', operation.scim or not operation.is_c)):
            if is_so:
                given.update({**headers(name), **given})
    if etag and get:
        responses['304'] = {'description': 'It is as If-None-Match says.',
                            'headers': headers('Request-Id', 'ETag')}
    for name, is_so in (
            ('AcceptLanguage', True), ('IfNoneMatch', etag and get),
            ('IfMatch', uses_if_match(operation)), ('IdempotencyKey', operation.keyed)):
        if is_so:
            operation.entry.setdefault('parameters', []).append(
                {'$ref': '#/components/parameters/' + name})


def describe(document):
    """What goes without saying, said: for those who read one schema alone."""
    meanings = document['components'].pop('members', {})
    for name, schema in document['components']['schemas'].items():
        for member, inner in schema.get('properties', {}).items():
            if member in meanings and '$ref' not in inner and not name.startswith('Scim'):
                inner.setdefault('description', meanings[member])
    for item in document['paths'].values():
        for entry in (item, *item.values()):
            for one in entry.get('parameters', ()) if isinstance(entry, dict) else ():
                if one.get('in') == 'path' and one['name'].endswith('_id'):
                    one.setdefault('description', 'The id of the %s.'
                                   % one['name'][:-3].replace('_', ' '))


def complete(tree):
    """Every problem that can be met, where it can be met."""
    document, problems = tree.document, tree.problems
    describe(document)
    examples = document['components'].setdefault('examples', {})
    for code, problem in sorted(problems.items()):
        examples['problem_' + code] = example(code, problem)
    for operation in tree.operations:
        for _, parameter in operation.parameters:
            schema = tree.resolve(parameter.get('schema')) or {}
            if parameter['in'] == 'query' and schema.get('type') == 'array':
                parameter['explode'] = False  # a,b and not a second time
        succeed(operation, document)
        so = conditions(operation)
        by_status = {}
        for code, problem in sorted(problems.items()):
            if code in operation.problems or so & set(problem.get('when', ())):
                by_status.setdefault(problem['status'], []).append(code)
        for status in sorted(by_status):
            written = operation.entry['responses'].get(str(status), {})
            operation.entry['responses'][str(status)] = answer(
                by_status[status], status, tree.vocabulary['statuses'][str(status)],
                operation.scim)
            operation.entry['responses'][str(status)]['content'].update(
                written.get('content', {}))
            for code in by_status[status] if operation.scim else ():
                examples['scim_error_' + code] = scim_example(problems[code])
        if operation.request and (operation.scim or operation.method == 'patch'):
            body = operation.request[operation.body_kind]
            for kind in (SCIM if operation.scim else 'application/merge-patch+json',
                         'application/json'):
                operation.request.setdefault(kind, body)
    document['x-problems'] = {
        code: {'status': problem['status'], 'type': type_uri(code),
               **{part: {tag: problem[part][tag] for tag in LANGUAGES}
                  for part in ('title', 'detail') if part in problem},
               **({'scimType': problem['scim_type']} if 'scim_type' in problem else {})}
        for code, problem in sorted(problems.items())}

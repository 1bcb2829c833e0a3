"""The life cycles of openapi/states.yaml: refused, and told in the document."""

from document import Map

MOVES = {'*': {'from': {'*': str}}}
SHAPE = {'table': str, 'states': list, 'initial': list, 'hidden': {'*': list}, 'aside': {'*': str},
         'timers': MOVES, 'besides': MOVES, 'actions': {'*': {
             'by': list, 'from': {'*': str}, 'refusal': (str, Map), 'others': {'*': int}}}}
NEEDED = {'table', 'states', 'initial', 'actions', 'by', 'from'}


def shape_faults(owner, key, shape):
    value = owner.get(key)
    if not isinstance(value, Map if isinstance(shape, dict) else shape):
        yield owner, key, "'%s' is missing, unknown or of another type" % key
    elif isinstance(shape, dict):
        for name in {*value, *NEEDED.intersection(shape)}:
            yield from shape_faults(value, name, shape.get(name, shape.get('*', ())))


def refusals(kind, action):
    """State -> problem, wherever an action does not begin."""
    code, hidden = action.get('refusal'), kind.get('hidden', {})
    return {state: 'not_found' if all(state in hidden.get(one, ()) for one in action['by'])
            else code.get(state) if isinstance(code, Map) else code
            for state in kind['states'] if state not in action['from']}


def kind_faults(tree, name, kind, operations):
    reached, states, timers = set(kind['initial']), set(kind['states']), kind.get('timers', {})
    moves = [move for other in tree.states.values() if other['table'] == kind['table']
             for part in ('actions', 'timers', 'besides') for entry in other.get(part, {}).values()
             for move in entry['from'].items()]
    for state, after in moves * len(states):
        reached |= {after} if state in reached else set()
    for state in reached.union(*moves) - states | states - reached:
        yield kind, 'states', "'%s' is no state, or nothing leads to it" % state
    for timer in set(timers) - {job.name for job in tree.sources['jobs']}:
        yield timers, timer, 'no sql/jobs/%s.sql' % timer
    for key, action in kind['actions'].items():
        operation = operations.get(key)
        if operation is None or name + '_id' not in operation.placeholders:
            yield kind['actions'], key, "no operation '%s' with {%s_id} in its path" % (key, name)
        for state, code in refusals(kind, action).items() if operation else ():
            if code not in operation.problems + ['forbidden', 'not_found']:
                yield action, 'refusal', "'%s' (%s) is no problem of %s" % (code, state, key)
        for other, status in action.get('others', {}).items():
            if other in action['by'] or status not in range(400, 500):
                yield action['others'], other, "'%s' may, or %s is no refusal" % (other, status)


def check(tree):
    operations = {operation.name: operation for operation in tree.operations}
    found = [f for name in tree.states for f in shape_faults(tree.states, name, SHAPE)] or [
        f for name, kind in tree.states.items() for f in kind_faults(tree, name, kind, operations)]
    for owner, key, what in found:
        tree.faults.add(*owner.at(key), what)
    tree.document['x-states'] = tree.states
    for kind in tree.states.values() if not found else ():
        for key, action in kind['actions'].items():
            moves = ', '.join('`%s` to `%s`' % move for move in action['from'].items())
            entry, codes = operations[key].entry, dict.fromkeys(refusals(kind, action).values())
            codes = ' or '.join('%d `%s`' % (tree.problems[c]['status'], c) for c in codes)
            entry['description'] = '%s From %s%s.' % (
                entry.get('description', '').strip(), moves, codes and '; otherwise ' + codes)

"""calls -- one request that is about to be made, and may be altered first."""

import copy
import dataclasses
import typing


@dataclasses.dataclass
class Call:
    world: typing.Any
    operation: typing.Any  # harness.document.Operation
    path: dict = dataclasses.field(default_factory=dict)
    query: dict = dataclasses.field(default_factory=dict)
    json: typing.Any = None
    headers: dict = dataclasses.field(default_factory=dict)
    as_: typing.Optional[str] = 'els'
    roles: tuple = ('member',)
    scope: typing.Optional[str] = None
    data: typing.Any = None
    content_type: typing.Optional[str] = None

    @property
    def target(self):
        return self.operation.path(**self.path)

    def changed(self, **changes):
        """A copy; headers and query are added to what is there."""
        other = dataclasses.replace(
            self, path=dict(self.path), query=dict(self.query),
            headers=dict(self.headers), json=copy.deepcopy(self.json))
        for name, value in changes.items():
            if name in ('headers', 'query', 'path'):
                getattr(other, name).update(value)
            else:
                setattr(other, name, value)
        return other

    def send(self, api=None, **over):
        """Makes the request; `over` are arguments of api.call()."""
        given = {'as_': self.as_, 'roles': self.roles, 'scope': self.scope,
                 'org': self.world.org, 'json': self.json,
                 'query': self.query or None,
                 'data': self.data, 'content_type': self.content_type,
                 'headers': self.headers}
        given['headers'] = {**self.headers, **over.pop('headers', {})}
        given.update(over)
        return (api or self.world.api).call(
            self.operation.method, self.target, **given)

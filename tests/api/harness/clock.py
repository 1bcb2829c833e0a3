"""clock -- the server's time, moved instead of waited for."""

import datetime


class Clock:
    def __init__(self, server, db):
        self.server = server
        self.db = db
        self.moved = datetime.timedelta()

    def advance(self, **by):
        """advance(days=3, minutes=5), on top of what was moved before."""
        self.moved += datetime.timedelta(**by)
        self._set()

    def reset(self):
        if self.moved:
            self.moved = datetime.timedelta()
            self._set()

    def now(self):
        return self.db.one('select clock()')

    def _set(self):
        if self.db.one("select to_regclass('test_clock') is not null"):
            self.db.execute('update test_clock set shift = %s', [self.moved])
        else:
            self.db.execute('select clock_move(%s)', [self.moved])

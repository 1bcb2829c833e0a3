"""libpq -- prepared statements as the engine makes them: with declared types,
text parameters, and PQdescribePrepared, which psycopg2 does not offer."""

import ctypes
import ctypes.util

_pq = ctypes.CDLL(ctypes.util.find_library('pq') or 'libpq.so.5')
_pq.PQconnectdb.restype = ctypes.c_void_p
_pq.PQconnectdb.argtypes = [ctypes.c_char_p]
for _name, _result, *_arguments in (
        ('PQfinish', None),
        ('PQstatus', ctypes.c_int),
        ('PQerrorMessage', ctypes.c_char_p),
        ('PQexec', ctypes.c_void_p, ctypes.c_char_p),
        ('PQprepare', ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p,
         ctypes.c_int, ctypes.POINTER(ctypes.c_uint)),
        ('PQdescribePrepared', ctypes.c_void_p, ctypes.c_char_p),
        ('PQexecPrepared', ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int,
         ctypes.POINTER(ctypes.c_char_p), ctypes.c_void_p, ctypes.c_void_p,
         ctypes.c_int),
        ('PQclear', None),
        ('PQresultStatus', ctypes.c_int),
        ('PQresultErrorField', ctypes.c_char_p, ctypes.c_int),
        ('PQresultErrorMessage', ctypes.c_char_p),
        ('PQntuples', ctypes.c_int),
        ('PQnfields', ctypes.c_int),
        ('PQfname', ctypes.c_char_p, ctypes.c_int),
        ('PQftype', ctypes.c_uint, ctypes.c_int),
        ('PQgetisnull', ctypes.c_int, ctypes.c_int, ctypes.c_int),
        ('PQgetvalue', ctypes.c_char_p, ctypes.c_int, ctypes.c_int)):
    _function = getattr(_pq, _name)
    _function.restype = _result
    _function.argtypes = [ctypes.c_void_p, *_arguments]
_COMMAND_OK, _TUPLES_OK = 1, 2


class Refused(Exception):
    def __init__(self, sqlstate, message, constraint):
        super().__init__(f'{sqlstate}: {message}')
        self.sqlstate = sqlstate
        self.message = message
        self.constraint = constraint


class Plain:
    """One connection; not in pipeline mode."""

    def __init__(self, url):
        self._connection = _pq.PQconnectdb(url.encode())
        if _pq.PQstatus(self._connection) != 0:
            raise RuntimeError(_pq.PQerrorMessage(self._connection).decode())
        self._prepared = 0

    def close(self):
        _pq.PQfinish(self._connection)

    def _outcome(self, result):
        try:
            if _pq.PQresultStatus(result) not in (_COMMAND_OK, _TUPLES_OK):
                field = [(_pq.PQresultErrorField(result, ord(code)) or b'')
                         .decode() for code in 'CMn']
                raise Refused(*field)
            fields = range(_pq.PQnfields(result))
            self.columns = [(_pq.PQfname(result, n).decode(),
                             _pq.PQftype(result, n)) for n in fields]
            return [tuple(None if _pq.PQgetisnull(result, row, n) else
                          _pq.PQgetvalue(result, row, n).decode()
                          for n in fields)
                    for row in range(_pq.PQntuples(result))]
        finally:
            _pq.PQclear(result)

    def execute(self, text):
        return self._outcome(_pq.PQexec(self._connection, text.encode()))

    def prepare(self, text, types):
        """A name for run() and describe()."""
        self._prepared += 1
        name = f's{self._prepared}'
        self._outcome(_pq.PQprepare(
            self._connection, name.encode(), text.encode(), len(types),
            (ctypes.c_uint * max(1, len(types)))(*types)))
        return name

    def describe(self, name):
        """[(column, type oid)] of what a prepared statement returns."""
        self._outcome(_pq.PQdescribePrepared(
            self._connection, name.encode()))
        return self.columns

    def run(self, name, values):
        """Rows of text or None; `columns` holds their names afterwards."""
        packed = (ctypes.c_char_p * max(1, len(values)))(*[
            None if value is None else str(value).encode()
            for value in values])
        return self._outcome(_pq.PQexecPrepared(
            self._connection, name.encode(), len(values), packed, None,
            None, 0))

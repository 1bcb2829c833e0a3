"""Five hundred who take their time, and a good client among them.

The short version of tests/faults/test_slow_clients.py, which has 10,000 and
the numbers.

Mutations: a deadline that each byte puts off (src/connection_input.c:
input_add() sets since_ms): those who send are never closed; ten times the
time for a reply (src/server.c: state_ms()): nor are those who read; a
constant reply that is copied (src/reply.c: send_constant() is not called):
readers cut each other off, the first after 135 ms.
"""

from harness.load import (Asking, Slow, check_closed, check_good,
                          is_release, memory)


def test_five_kinds(server):
    slow = Slow(server, 500, 6, 500)
    good = Asking(server, 10, 'rate', 50, ['/v1/me', '/healthz'], new=30)
    check_good(good.result(), 3000)
    check_closed(slow.result())
    if is_release():
        for pid in server.named('hefboom-worker'):
            assert memory(pid)[1] < 96

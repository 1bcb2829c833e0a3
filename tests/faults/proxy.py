"""proxy -- a bad line between `hefboom serve` and a PostgreSQL.

    with Proxy(upstream) as proxy:      # a socket's path, or (host, port)
        proxy.mode = 'stall'

pass    bytes go through, `delay` seconds after they came, each as one packet
refuse  nobody listens, and who was connected is cut off
cut     who connects is cut off at once, and so is who was connected
break   the next reply of more than a few bytes goes through by half, and
        then both ends are cut off; then as pass
stall   half-open: everything stays connected, nothing is read or passed on;
        what was sent meanwhile arrives when it ends
forget  as stall, but who was connected at that time never hears a word again

forget_some() and lose_some() do so to some: their bytes are acknowledged and
not read, or swallowed on the way.

`count` is how many are connected.  Threads of its own: the tests may wait.
"""

import asyncio
import contextlib
import ctypes
import socket
import struct
import threading

from harness.running import free_port

CHUNK = 65536
# Reset instead of a polite end.
ABORT = struct.pack('ii', 1, 0)
# A filter that lets nothing through: the kernel sees no segment any more.
ATTACH_FILTER, DETACH_FILTER = 26, 27
NOTHING = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0))
FILTER = struct.pack('HL', 1, ctypes.addressof(NOTHING))


class Link:
    """One client, its connection to PostgreSQL, and what flows."""

    def __init__(self, proxy, client):
        self.proxy, self.client, self.server = proxy, client, None
        self.forgotten = False
        self.passed = 0
        self.longest = 0    # question

    async def run(self):
        try:
            await self.flowing()
            self.server = await self.proxy.connect()
            both = [asyncio.ensure_future(self.pump(*ends)) for ends in (
                (self.client[0], self.server[1], False),
                (self.server[0], self.client[1], True))]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for one in both:
                one.cancel()
        except OSError:
            pass
        finally:
            self.abort(politely=True)
            self.proxy.links.discard(self)

    async def flowing(self):
        while self.forgotten or self.proxy.stalled():
            await self.proxy.changed.wait()
            await asyncio.sleep(0.01)

    async def pump(self, source, sink, reply):
        waiting = asyncio.Queue()
        sender = asyncio.ensure_future(self.send(waiting, sink, reply))
        try:
            while True:
                await self.flowing()
                data = await source.read(CHUNK)
                due = asyncio.get_event_loop().time() + self.proxy.delay
                waiting.put_nowait((due, data))
                if not reply:
                    self.longest = max(self.longest, len(data))
                if not data:
                    await sender
                    return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            sender.cancel()

    async def send(self, waiting, sink, reply):
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(due - asyncio.get_event_loop().time())
            await self.flowing()
            if not data:
                return
            if reply and len(data) > 40 and self.proxy.takes_break():
                data = data[:len(data) // 2]
                sink.write(data)
                with contextlib.suppress(OSError):
                    await sink.drain()
                self.abort()
                return
            self.passed += len(data)
            with contextlib.suppress(OSError):
                sink.write(data)
                await sink.drain()

    def abort(self, politely=False):
        for end in (self.client, self.server):
            if end is None:
                continue
            link = end[1].get_extra_info('socket')
            if not politely and link is not None and (
                    link.family == socket.AF_INET):
                with contextlib.suppress(OSError):
                    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            end[1].close() if politely else end[1].transport.abort()


class Proxy:
    def __init__(self, upstream):
        self.upstream = upstream
        self.port = free_port()
        self.delay = 0
        self.links = set()
        self.breaks = 0
        self._mode = 'pass'
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    # inside the loop

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def stalled(self):
        return self._mode in ('stall', 'forget')

    def takes_break(self):
        if self._mode != 'break':
            return False
        self.breaks += 1
        self._mode = 'pass'
        return True

    async def connect(self):
        if isinstance(self.upstream, tuple):
            return await asyncio.open_connection(*self.upstream)
        return await asyncio.open_unix_connection(self.upstream)

    async def _accept(self, reader, writer):
        link = Link(self, (reader, writer))
        if self._mode == 'cut':
            link.abort()
            return
        self.links.add(link)
        await link.run()

    async def _listen(self):
        self._server = await asyncio.start_server(
            self._accept, '127.0.0.1', self.port, backlog=128)

    async def _switch(self, mode):
        before, self._mode = self._mode, mode
        if mode == 'forget':
            for link in self.links:
                link.forgotten = True
        if mode in ('refuse', 'cut'):
            for link in list(self.links):
                link.abort()
        if mode == 'refuse':
            self._server.close()
            await self._server.wait_closed()
        elif before == 'refuse':
            await self._listen()
        self.changed.set()
        self.changed = asyncio.Event()

    async def _begin(self):
        self.changed = asyncio.Event()
        await self._listen()

    async def _end(self):
        self._server.close()
        for link in list(self.links):
            link.abort()
        await asyncio.sleep(0.05)
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.sleep(0.05)

    # outside

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def __enter__(self):
        self._thread.start()
        self._do(self._begin())
        return self

    def __exit__(self, *_):
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def mode(self):
        return self._mode

    @mode.setter
    def mode(self, mode):
        self._do(self._switch(mode))

    def count_anew(self):
        for link in list(self.links):
            link.passed = link.longest = 0

    def forget_some(self, count):
        """So many of the busiest, and those on which nothing was asked but
        a Sync, never hear a word again; the others go on.  How many."""
        links = sorted(list(self.links), key=lambda link: -link.passed)
        chosen = links[:count] + [
            link for link in links[count:] if link.longest <= 5]
        for link in chosen:
            link.forgotten = True
        return len(chosen)

    def lose_some(self, count):
        """So many of the busiest are cut off, and nobody is told: what is
        sent there is not even acknowledged.  They may be found again."""
        links = [link for link in list(self.links) if not link.forgotten]
        links.sort(key=lambda link: -link.passed)
        for link in links[:count]:
            link.forgotten = True
            link.client[1].get_extra_info('socket').setsockopt(
                socket.SOL_SOCKET, ATTACH_FILTER, FILTER)
        return links[:count]

    def find(self, links):
        for link in links:
            link.client[1].get_extra_info('socket').setsockopt(
                socket.SOL_SOCKET, DETACH_FILTER, 0)
            link.forgotten = False
        self.mode = self.mode    # they are told

    @property
    def count(self):
        return sum(1 for link in list(self.links)
                   if link.server and not link.forgotten)

    @property
    def url(self):
        return f'postgresql://hefboom@127.0.0.1:{self.port}/hefboom'

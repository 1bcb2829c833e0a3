"""chromium -- a headless browser on a pipe, without a driver in between.

The DevTools protocol over two descriptors (--remote-debugging-pipe): JSON
messages, each ended by a NUL.  Mouse and keys go the way a person's do.
"""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

BINARY = shutil.which('chromium') or shutil.which('chromium-browser')
PATIENCE_S = 30


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix='hefboom-chromium-')
        theirs, self.to = os.pipe()
        self.here, answers = os.pipe()
        # Chromium reads 3 and writes 4, whatever numbers we were given.
        command = ('exec 3<&%d 4>&%d; exec "$0" "$@"' % (theirs, answers))
        self.child = subprocess.Popen(
            ['bash', '-c', command, BINARY, '--headless=new', '--no-sandbox',
             '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
             '--disable-background-networking', '--disable-component-update',
             '--disable-sync', '--window-size=1200,900',
             '--user-data-dir=' + self.profile, '--remote-debugging-pipe'],
            pass_fds=(theirs, answers), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(answers)
        self.left, self.last, self.events = b'', 0, []

    def close(self):
        self.child.terminate()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.to)
        os.close(self.here)
        shutil.rmtree(self.profile, ignore_errors=True)

    def receive(self, deadline):
        while b'\0' not in self.left:
            wait = deadline - time.monotonic()
            if wait <= 0 or not select.select([self.here], [], [], wait)[0]:
                raise TimeoutError('chromium does not answer')
            read = os.read(self.here, 65536)
            if not read:
                raise RuntimeError('chromium ended')
            self.left += read
        message, _, self.left = self.left.partition(b'\0')
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.last += 1
        message = {'id': self.last, 'method': method, 'params': parameters}
        if session:
            message['sessionId'] = session
        data = json.dumps(message).encode() + b'\0'
        while data:
            data = data[os.write(self.to, data):]
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self.receive(deadline)
            if answer.get('id') != self.last:
                self.events.append(answer)
            elif 'error' in answer:
                raise RuntimeError('%s: %s' % (method, answer['error']))
            else:
                return answer['result']

    def page(self, scripts=True):
        return Page(self, scripts)


class Page:
    def __init__(self, browser, scripts):
        self.browser = browser
        target = browser.call('Target.createTarget', url='about:blank')
        self.session = browser.call(
            'Target.attachToTarget', targetId=target['targetId'],
            flatten=True)['sessionId']
        for domain in ('Page', 'Network', 'Runtime', 'Log'):
            self.call(domain + '.enable')
        if not scripts:
            self.call('Emulation.setScriptExecutionDisabled', value=True)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def open(self, url):
        self.call('Page.navigate', url=url)
        self.until('document.readyState === "complete" && '
                   'location.href !== "about:blank"')

    def ask(self, script):
        answer = self.call('Runtime.evaluate', expression=script,
                           returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in answer:
            raise RuntimeError(answer['exceptionDetails'])
        return answer['result'].get('value')

    def until(self, script):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            value = self.ask(script)
            if value:
                return value
            time.sleep(0.05)
        raise TimeoutError('never true: ' + script)

    def click(self, selector):
        """As a person does: the thing must be there, still, and on top."""
        spot = self.until('''(() => {
            const found = document.querySelector(%s);
            if (!found) return null;
            found.scrollIntoView({block: "center", behavior: "instant"});
            const box = found.getBoundingClientRect();
            const x = box.x + box.width / 2, y = box.y + box.height / 2;
            const top = document.elementFromPoint(x, y);
            return top && (found.contains(top) || top.contains(found)) ?
                [x, y] : null;
        })()''' % json.dumps(selector))
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', type=kind, x=spot[0],
                      y=spot[1], button='left', clickCount=1)

    def write(self, selector, text):
        self.click(selector)
        self.call('Input.insertText', text=text)

    def seen(self, method):
        """The parameters of the events of one kind so far."""
        self.ask('1')
        return [event['params'] for event in self.browser.events
                if event.get('method') == method
                and event.get('sessionId') == self.session]

    def complaints(self):
        """Whatever a developer would see in red in the console."""
        thrown = [event['exceptionDetails'].get('text')
                  for event in self.seen('Runtime.exceptionThrown')]
        return thrown + [event['entry']['text'] + ' ' +
                         event['entry'].get('url', '')
                         for event in self.seen('Log.entryAdded')
                         if event['entry']['level'] == 'error']

    def addresses(self):
        return [event['request']['url']
                for event in self.seen('Network.requestWillBeSent')]

"""An extension with a table, a writable table, a config, a logger and a distributed plugin. Says on standard output, one
JSON a line, what happened: {"registered": status}, {"options": n}, {"called": [...]}, {"ended": why}.

Started as osquery starts extensions: --socket PATH --timeout S --interval S. Beyond that, for tests:
--name NAME, --tables JSON, --version TEXT, --sdk TEXT, --ping-first, --deregister (and then end)."""
import argparse
import json
import os
import sys
import threading
import time

from osquery_thrift import Client, Server

parser = argparse.ArgumentParser()
parser.add_argument('--socket', required=True)
parser.add_argument('--timeout', type=float, default=3)
parser.add_argument('--interval', type=float, default=3)
parser.add_argument('--verbose', action='store_true')
parser.add_argument('--name', default='python_example')
parser.add_argument('--version', default='')
parser.add_argument('--sdk', default='5.0.0')
parser.add_argument('--tables', default='["py_numbers"]')
parser.add_argument('--registry', default='{}')
parser.add_argument('--ping-first', action='store_true')
parser.add_argument('--deregister', action='store_true')
options = parser.parse_args()

def columns_of(table):
    return COLUMNS + [{'id': 'alias', 'alias': table + '_view'}]


COLUMNS = [
    {'id': 'column', 'name': 'n', 'type': 'INTEGER', 'op': '2'},
    {'id': 'column', 'name': 'text', 'type': 'TEXT', 'op': '0'},
    {'id': 'column', 'name': 'bytes', 'type': 'BLOB', 'op': '16'},
    {'id': 'columnAlias', 'name': 'number', 'target': 'n'},
    {'id': 'attributes', 'attributes': '2'},
]


def say(**what):
    print(json.dumps(what), flush=True)


def ok(rows=None):
    return {'status': {'code': 0, 'message': 'OK', 'uuid': 0}, 'response': rows or []}


class Handler:
    uuid = 0
    stored = []

    def ping(self):
        return {'code': 0, 'message': 'pong', 'uuid': self.uuid}

    def shutdown(self):
        say(ended='shutdown')

    def call(self, registry='', item='', request=None):
        say(called=[registry, item, request])
        if registry == 'table':
            return self.table(item, request)
        if registry == 'config':
            return ok([{'first': '{"options":{"a":1}}'}])
        if registry == 'logger':
            wants = request.get('action') == 'features'
            return {'status': {'code': 3 if wants else 0, 'message': 'OK', 'uuid': 0}, 'response': []}
        if registry == 'distributed':
            return ok([{'results': '{"queries":{}}'}])
        return {'status': {'code': 1, 'message': 'no such plugin', 'uuid': 0}}

    def table(self, item, request):
        action = request['action']
        if action == 'columns':
            return ok(columns_of(item))
        if action == 'generate':
            asked = [c for c in json.loads(request['context'])['constraints'] if c['name'] == 'n']
            count = int(asked[0]['list'][0]['expr']) if asked and asked[0]['list'] else 3
            return ok([{'n': str(i), 'text': 'zahl \u00fc %d' % i, 'bytes': b'\xff\x00' + bytes([i % 256])} for i in range(count)])
        if action == 'insert':
            return ok([{'status': 'success', 'id': '42'}])
        if action == 'update':
            return ok([{'status': 'constraint', 'message': 'taken'}])
        return ok([{'status': 'readonly'}])


def retry(attempt):
    until = time.monotonic() + max(options.timeout, 0.2)
    while True:
        try:
            return attempt()
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def watch(core, uuid):
    while True:
        time.sleep(max(options.interval, 0.2))
        try:
            client = Client(core)
            known = client.call('extensions')
            client.close()
        except Exception:
            say(ended='core is gone')
            os._exit(1 if os.path.exists(core) else 0)
        if uuid not in known:
            say(ended='not registered any more')
            os._exit(1)


core = retry(lambda: Client(options.socket))
if options.ping_first:
    say(pinged=core.call('ping'))
registry = {'table': {name: columns_of(name) for name in json.loads(options.tables)}, **json.loads(options.registry)}
info = {'name': options.name, 'version': options.version, 'sdk_version': options.sdk, 'min_sdk_version': ''}
status = core.call('registerExtension', info=info, registry=registry)
say(registered=status)
if status['code'] != 0:
    sys.exit(2)
say(options=len(core.call('options')))
if options.deregister:
    say(deregistered=core.call('deregisterExtension', uuid=status['uuid']))
    sys.exit(0)
core.close()
handler = Handler()
handler.uuid = status['uuid']
server = Server('%s.%d' % (options.socket, handler.uuid), handler)
threading.Thread(target=watch, args=(options.socket, handler.uuid), daemon=True).start()
say(serving=True)
server.run()

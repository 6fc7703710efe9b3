import t, { type Test } from 'tap';
import { startupItemsOf } from '../../../workers/tables/startup_items.ts';
import { systemdUnitsOf } from '../../../workers/tables/systemd_units.ts';
import { tree } from '../tables/run-table.ts';
import { WorkerProcess } from '../worker-process.ts';
import { askNet } from './ask-net.ts';
import type { Marked } from './dbus-marshal.ts';
import { type ServiceAnswer, type ServiceCall, serve, startBus, withoutDbus } from './private-bus.ts';

const pathOf = (id: string): string =>
  `/org/freedesktop/systemd1/unit/${[...id].map((char) => (/\w/.test(char) ? char : `_${char.charCodeAt(0).toString(16)}`)).join('')}`;

const unit = (id: string, active: string, sub: string, job: readonly [number, string, string]): Marked => [
  ...[id, `What ${id} is`, 'loaded', active, sub, '', pathOf(id)],
  ...job,
];

const noJob = [0, '', '/'] as const;
const ssh = 'ssh.service';
const units: readonly Marked[] = [
  unit(ssh, 'active', 'running', noJob),
  unit('cron.service', 'inactive', 'dead', [42, 'start', '/org/freedesktop/systemd1/job/42']),
  unit('run-user-0.mount', 'active', 'mounted', noJob),
];

/** Properties by object path; a mount has no User of a service. */
const properties: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [pathOf(ssh)]: {
    UnitFileState: 'enabled',
    FragmentPath: '/lib/systemd/system/ssh.service',
    SourcePath: '',
    User: 'root',
  },
  [pathOf('cron.service')]: {
    UnitFileState: 'generated',
    FragmentPath: '',
    SourcePath: '/etc/init.d/cron',
    User: '',
  },
  [pathOf('run-user-0.mount')]: { FragmentPath: '' },
};

const manager =
  (asked: string[]) =>
  (call: ServiceCall): ServiceAnswer => {
    if (call.member === 'ListUnits') return { signature: 'a(ssssssouso)', body: [units] };
    const [, property = ''] = call.arguments.map(String);
    asked.push(`${call.path.split('/').at(-1)} ${call.arguments.join(' ')}`);
    const value = properties[call.path]?.[property];
    if (value === undefined) return { error: 'org.freedesktop.DBus.Error.UnknownProperty' };
    return { signature: 'v', body: [{ signature: 's', held: value }] };
  };

/** A bus with a systemd on it, and what was asked of the latter. */
const systemd = async (t: Test): Promise<{ readonly socketPath: string; readonly asked: string[] }> => {
  const { socketPath } = await startBus(t);
  const asked: string[] = [];
  await serve(t, socketPath, 'org.freedesktop.systemd1', manager(asked));
  return { socketPath, asked };
};

t.test('units with their properties, over a real bus', { skip: withoutDbus }, async (t) => {
  const { socketPath, asked } = await systemd(t);
  const ask = await askNet([systemdUnitsOf(socketPath)]);
  const { cells, failure, warnings } = await ask('SELECT * FROM systemd_units');
  t.equal(failure, undefined);
  t.strictSame(warnings, []);
  const about = (id: string): readonly string[] => [id, `What ${id} is`, 'loaded'];
  const job = '/org/freedesktop/systemd1/job/42';
  t.strictSame(cells, [
    [
      ...about(ssh),
      'active',
      'running',
      'enabled',
      '',
      pathOf(ssh),
      0,
      '',
      '/',
      '/lib/systemd/system/ssh.service',
      'root',
      '',
    ],
    [
      ...about('cron.service'),
      ...[
        'inactive',
        'dead',
        'generated',
        '',
        pathOf('cron.service'),
        42,
        'start',
        job,
        '',
        '',
        '/etc/init.d/cron',
      ],
    ],
    [
      ...about('run-user-0.mount'),
      'active',
      'mounted',
      '',
      '',
      pathOf('run-user-0.mount'),
      0,
      '',
      '/',
      '',
      '',
      '',
    ],
  ]);
  t.equal(
    asked.filter((each) => each.endsWith('Service User')).length,
    2,
    'services alone are asked for their user',
  );
  asked.length = 0;
  t.equal((await ask('SELECT id, sub_state FROM systemd_units')).cells.length, 3);
  t.strictSame(asked, [], 'no property is asked for that no column shows');
  await ask('SELECT fragment_path FROM systemd_units');
  t.equal(asked.length, 3);
});

const home = {
  autostart: {
    'mail.desktop':
      '#!/usr/bin/env xdg-open\r\n[Desktop Entry]\r\nName=Mail\r\nName[de]=Post\r\nExec=mail --to=me %u\r\n[Desktop Action New]\r\nName=New\r\nExec=mail --new\r\n',
    'empty.desktop': '',
  },
  'autostart-scripts': { 'go.sh': '#!/bin/sh\n' },
};

t.test('startup items of homes, of the system and of systemd', { skip: withoutDbus }, async (t) => {
  const { socketPath } = await systemd(t);
  const root = tree(t, {
    etc: {
      passwd:
        'root:x:0:0::/root:/bin/sh\nalice:x:1:1::/home/alice/:/bin/sh\nalso:x:1:1::/home/alice/:/bin/sh\nnone:x:2:2:::\n',
      'rc.d': { 'init.d': { cron: '#!/bin/sh\n', '.depend.boot': '', sub: {} } },
      'init.d': t.fixture('symlink', 'rc.d/init.d'),
      xdg: {
        autostart: {
          '.hidden.desktop': '[Desktop Entry]\nExec=quiet\n',
          'at.desktop': '[Desktop Entry]\nExec = at-spi\nName = \n',
        },
      },
    },
    home: { alice: { '.config': home } },
  });
  const ask = await askNet([startupItemsOf(socketPath)]);
  const { cells, failure } = await ask(
    'SELECT name, path, args, type, source, status, username FROM startup_items',
    root,
  );
  t.equal(failure, undefined);
  const item = (name: string, path: string, source: string, username: string): readonly string[] => [
    ...[name, path, '', 'Startup Item', source, 'enabled', username],
  ];
  t.strictSame(cells, [
    item('', '', '/home/alice/.config/autostart/', 'alice'),
    item('Mail', 'mail --to=me %u', '/home/alice/.config/autostart/', 'alice'),
    item(
      'go.sh',
      '/home/alice/.config/autostart-scripts/go.sh',
      '/home/alice/.config/autostart-scripts/',
      'alice',
    ),
    item('cron', '/etc/rc.d/init.d/cron', '/etc/init.d/', ''),
    item('', 'quiet', '/etc/xdg/autostart/', ''),
    item('', 'at-spi', '/etc/xdg/autostart/', ''),
    [ssh, '/lib/systemd/system/ssh.service', '', 'systemd unit', '', 'active', 'root'],
    ['cron.service', '', '', 'systemd unit', '/etc/init.d/cron', 'inactive', ''],
    ['run-user-0.mount', '', '', 'systemd unit', '', 'active', ''],
  ]);
});

t.test('without systemd, or without a bus, the rest is there and a warning says why', async (t) => {
  const root = tree(t, { etc: { 'init.d': { cron: '' } } });
  const ask = await askNet([startupItemsOf('/nonexistent/bus'), systemdUnitsOf('/nonexistent/bus')]);
  const items = await ask('SELECT name FROM startup_items', root);
  t.match(items, {
    cells: [['cron']],
    failure: undefined,
    warnings: [/systemd: \/nonexistent\/bus: .*ENOENT/],
  });
  t.match(await ask('SELECT * FROM systemd_units'), { cells: [], failure: undefined, warnings: [/ENOENT/] });
});

t.test('a bus without systemd', { skip: withoutDbus }, async (t) => {
  const { socketPath } = await startBus(t);
  const ask = await askNet([systemdUnitsOf(socketPath)]);
  const { cells, warnings, failure } = await ask('SELECT * FROM systemd_units');
  t.match([cells, warnings, failure], [[], [/NameHasNoOwner/], undefined]);
});

t.test('a worker’s sandbox lets it ask the system bus, or say that there is none', async (t) => {
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  const { failure, cells, warnings } = await worker.query('SELECT count(*) FROM systemd_units');
  t.equal(failure, undefined);
  if (warnings.length > 0) t.match([cells, warnings], [[[0]], [/systemd/]]);
});

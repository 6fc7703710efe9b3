import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type OpenPipe, pairPipes } from '../../../workers/host/open-pipes.ts';
import { processMemoryMap } from '../../../workers/tables/process_memory_map.ts';
import { processNamespaces } from '../../../workers/tables/process_namespaces.ts';
import { processOpenPipes } from '../../../workers/tables/process_open_pipes.ts';
import { cat, startSleeping } from './live-processes.ts';
import { scan, tree } from './run-table.ts';

const maps = (content: string | Buffer): readonly Readonly<Record<string, unknown>>[] =>
  scan(processMemoryMap, { root: tree(t, { proc: { 7: { maps: content }, 8: {} } }) }).rows;

t.test('process_memory_map', async (t) => {
  t.strictSame(
    maps(
      '55d0-55f0 r-xp 00002000 fe:00 260386                     /usr/bin/a b (deleted)\n' +
        '7ffc1000-7ffc2000 rw-p 00000000 00:00 0                          [stack]\n' +
        '7f00-7f10 rw-p 00000000 00:00 0 \n' +
        'ffffffffff600000-ffffffffff601000 --xp ffffffffff600000 00:00 0  [vsyscall]\n',
    ),
    [
      ['0x55d0', '0x55f0', 'r-xp', 0x2000n, 'fe:00', 260386, '/usr/bin/a b (deleted)', 0],
      ['0x7ffc1000', '0x7ffc2000', 'rw-p', 0n, '00:00', 0, '[stack]', 1],
      ['0x7f00', '0x7f10', 'rw-p', 0n, '00:00', 0, '', 0],
      ['0xffffffffff600000', '0xffffffffff601000', '--xp', -1n, '00:00', 0, '[vsyscall]', 1],
    ].map(([start, end, permissions, offset, device, inode, path, pseudo]) => ({
      start,
      end,
      permissions,
      offset,
      device,
      inode,
      path,
      pid: 7,
      pseudo,
    })),
  );
  t.match(maps('1-2 r--p 0 0:0 5 /a\r\n'), [{ path: '/a' }]);
  t.match(
    maps('1-2 r--p 0 0:0 5 /a\rb\u2028c\n'),
    [{ path: '/a\rb\u2028c' }],
    'line ends of JavaScript only',
  );
  t.match(maps(Buffer.from('1-2 r--p 0 0:0 5 /\xff\n', 'latin1')), [{ path: '/\ufffd' }]);
  for (const bad of [
    '',
    '\n',
    '1-2',
    '1-2 r--p',
    '1-2 r--p 0 0:0',
    'x-y r--p 0 0:0 0 /a',
    `1-2 r--p 0 0:0 ${' '.repeat(100_000)}`,
  ])
    t.strictSame(maps(bad), [], bad.slice(0, 30));
  t.equal(maps('1-2 r--p 0 0:0 5 /a\n'.repeat(65_530)).length, 65_530, 'as many as the kernel allows');
  const asked = scan(processMemoryMap, {
    root: tree(t, { proc: { 7: { maps: '' }, 8: { maps: '' } } }),
    equals: { pid: ['8', '9', 'x'] },
  });
  t.strictSame(asked.opened, ['/proc/8/maps']);
});

t.test('process_namespaces', async (t) => {
  const link = (target: string): ReturnType<typeof t.fixture> => t.fixture('symlink', target);
  const ns = { mnt: link('mnt:[4026531841]'), net: link('net:[12]'), uts: link('nonsense') };
  const root = tree(t, { proc: { 7: { ns }, 8: {}, self: {} } });
  const { rows } = scan(processNamespaces, { root, equals: { pid: ['7', '8', '9'] } });
  t.match(rows, [
    { pid: 7, mnt_namespace: '4026531841', net_namespace: '12', uts_namespace: undefined },
    { pid: 8, mnt_namespace: undefined },
  ]);
  t.equal(rows.length, 2, 'a process that is gone has no row');
  t.strictSame(scan(processNamespaces, { root, equals: { pid: ['7'] }, columns: ['net_namespace'] }).opened, [
    '/proc/7/ns/net',
  ]);
});

t.test('pipes are paired by inode', async (t) => {
  const pipe = (pid: number, mode: string, inode = 1n, device = 0n): OpenPipe => ({
    pid,
    fd: pid * 10,
    mode,
    device,
    inode,
    type: 'anonymous',
  });
  const pairs = (...pipes: OpenPipe[]): (number | undefined)[][] =>
    [...pairPipes(pipes)].map(({ pipe, partner }) => [pipe.pid, partner?.pid]);
  t.strictSame(pairs(), []);
  t.strictSame(pairs(pipe(1, 'r')), [[1, undefined]], 'a lone end');
  t.strictSame(pairs(pipe(1, 'r'), pipe(2, 'r')), [], 'only readers');
  t.strictSame(pairs(pipe(1, 'r'), pipe(2, 'w'), pipe(3, 'w')), [
    [1, 2],
    [1, 3],
    [2, 1],
    [3, 1],
  ]);
  t.strictSame(pairs(pipe(1, 'rw'), pipe(2, 'rw')), [
    [1, 2],
    [2, 1],
  ]);
  const apart = [
    [1, undefined],
    [2, undefined],
  ];
  t.strictSame(pairs(pipe(1, 'r'), pipe(2, 'w', 2n)), apart);
  t.strictSame(
    pairs(pipe(1, 'r'), pipe(2, 'w', 1n, 8n)),
    apart,
    'a FIFO whose file system has that inode too',
  );
});

t.test('the ends of a real pipeline and of a real FIFO', async (t) => {
  const pipeline = await startSleeping(['/bin/sh', '-c', `${cat} | ${cat}`]);
  t.teardown(() => {
    pipeline.child.stdin?.destroy();
    return pipeline.end();
  });
  const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pipeline.pid)], { encoding: 'utf8' })
    .stdout.trim()
    .split(/\s+/)
    .map(Number);
  const [writer, reader] = children;
  const { rows } = scan(processOpenPipes, { root: '/' });
  const ends = rows
    // Whoever started the tests may have left them more pipes.
    .filter(
      ({ pid, partner_pid }) => children.includes(Number(pid)) && children.includes(Number(partner_pid)),
    )
    .toSorted((a, b) => Number(a.pid) - Number(b.pid));
  t.match(ends, [
    {
      pid: writer,
      fd: 1,
      mode: 'w',
      type: 'anonymous',
      partner_pid: reader,
      partner_fd: 0,
      partner_mode: 'r',
    },
    { pid: reader, fd: 0, mode: 'r', partner_pid: writer, partner_fd: 1, partner_mode: 'w' },
  ]);
  t.equal(ends.length, 2);

  const fifo = join(t.testdir({}), 'fifo');
  if (spawnSync('mkfifo', [fifo]).status !== 0) throw new Error('mkfifo failed');
  const holder = await startSleeping(['/bin/sh', '-c', `exec 3<>"$0"; exec ${cat}`, fifo]);
  t.teardown(() => holder.end());
  t.strictSame(
    scan(processOpenPipes, { root: '/' }).rows.filter(
      ({ pid, type }) => pid === holder.pid && type === 'named',
    ),
    [
      {
        pid: holder.pid,
        fd: 3,
        mode: 'rw',
        inode: statSync(fifo, { bigint: true }).ino,
        type: 'named',
        partner_pid: undefined,
        partner_fd: undefined,
        partner_mode: undefined,
      },
    ],
  );
});

const lsns = spawnSync('lsns', ['-n', '-r', '-o', 'TYPE,NS', '-p', String(process.pid)], {
  encoding: 'utf8',
});
t.test('agrees with lsns', { skip: lsns.status !== 0 && 'needs lsns (util-linux)' }, async (t) => {
  const [row] = scan(processNamespaces, { root: '/', equals: { pid: [String(process.pid)] } }).rows;
  const said = lsns.stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const known = said.filter(([kind]) => `${kind}_namespace` in processNamespaces.columns);
  t.ok(known.length >= 5, lsns.stdout);
  for (const [kind, inode] of known) t.equal(row?.[`${kind}_namespace`], inode, String(kind));
});

t.test('agrees with pmap', { skip: spawnSync('pmap', ['-V']).status !== 0 && 'needs pmap' }, async (t) => {
  const child = await startSleeping([cat]);
  t.teardown(() => child.end());
  const said = spawnSync('pmap', ['-x', String(child.pid)], { encoding: 'utf8' }).stdout;
  const starts = [...said.matchAll(/^([0-9a-f]{16}) /gm)].map(([, start]) => BigInt(`0x${start}`));
  const rows = scan(processMemoryMap, { root: '/', equals: { pid: [String(child.pid)] } }).rows;
  const shown = rows.filter(({ path }) => path !== '[vsyscall]').map(({ start }) => BigInt(String(start)));
  t.ok(starts.length > 5, said);
  t.strictSame(
    shown,
    starts.filter((start) => start < 0xffff_ffff_ff60_0000n),
  );
});

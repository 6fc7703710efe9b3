import { rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RowOf, Table } from '../../../protocol/table.ts';
import { listeningPorts } from '../../../workers/tables/listening_ports.ts';
import { processOpenSockets } from '../../../workers/tables/process_open_sockets.ts';
import { type Scan, scan } from './run-table.ts';
import { beforeReads, type MadeProcess, makeProc, openDoor } from './socket-tree.ts';

type Row = RowOf<Table['columns']>;

const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const inet = (local: string, remote: string, state: string, inode: number): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 0\n`;
const unixHeading = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const unix = (inode: number, path: string): string =>
  `0000000000000000: 00000002 00000000 00010000 0001 01 ${inode}${path}\n`;

const anyone = '00000000:0000';
const loopback6 = '00000000000000000000000001000000';
const host: Readonly<Record<string, string>> = {
  icmp: heading + inet('00000000:0001', anyone, '07', 20),
  tcp: heading + inet('0100007F:1F90', anyone, '0A', 10) + inet('0100007F:1F90', '010200C0:C2A4', '06', 0),
  tcp6: heading + inet(`${loopback6}:0050`, `${loopback6}:C2A4`, '01', 11),
  udp: heading + inet('00000000:0044', anyone, '07', 12) + inet('0100007F:0045', '0100007F:0035', '01', 13),
  udplite6: heading + inet(`${loopback6}:0007`, `${'0'.repeat(32)}:0000`, '07', 14),
  raw: heading + inet('00000000:0001', anyone, '07', 15),
  raw6: heading + inet(`${'0'.repeat(32)}:003A`, `${'0'.repeat(32)}:0000`, '07', 16),
  unix: unixHeading + unix(17, ' /run/a b') + unix(18, '') + unix(19, ' @abstract'),
  packet:
    'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n' +
    '0000000000000000 3      3    88cc   2     1 0      0      21\n',
};
const processes: Readonly<Record<string, MadeProcess>> = {
  '1': { namespace: 1000, net: host, fd: { 0: '/dev/null', 5: 'socket:[10]', 6: 'socket:[17]' } },
  '10': { namespace: 1000, net: host, fd: { 7: 'socket:[10]', 3: 'socket:[11]', 4: 'pipe:[12]' } },
  '9': {
    namespace: 1000,
    net: host,
    fd: { 3: 'socket:[21]', 4: 'socket:[99]', 8: 'socket:[10]', 1: 'anon_inode:[eventfd]' },
  },
  '20': {
    namespace: 2000,
    net: { tcp: heading + inet('0100007F:0016', anyone, '0A', 30) },
    fd: { 3: 'socket:[30]' },
  },
  // May not be looked into, and one that has ended but for its entry.
  '30': { net: host },
  '31': {},
};

const open = (root: string, options: Scan = {}): readonly Row[] =>
  scan(processOpenSockets, { files: openDoor(root), ...options }).rows;
const listening = (root: string, options: Scan = {}): readonly Row[] =>
  scan(listeningPorts, { files: openDoor(root), ...options }).rows;

t.test('every open socket with its holder, namespace by namespace', async (t) => {
  t.strictSame(open(makeProc(t, processes)).map(Object.values), [
    [-1, -1, 20, 2, 1, '0.0.0.0', '0.0.0.0', 1, 0, '', '', '1000'],
    [9, 8, 10, 2, 6, '127.0.0.1', '0.0.0.0', 8080, 0, '', 'LISTEN', '1000'],
    [-1, -1, 0, 2, 6, '127.0.0.1', '192.0.2.1', 8080, 49828, '', 'TIME_WAIT', '1000'],
    [10, 3, 11, 10, 6, '::1', '::1', 80, 49828, '', 'ESTABLISHED', '1000'],
    [-1, -1, 12, 2, 17, '0.0.0.0', '0.0.0.0', 68, 0, '', '', '1000'],
    [-1, -1, 13, 2, 17, '127.0.0.1', '127.0.0.1', 69, 53, '', '', '1000'],
    [-1, -1, 14, 10, 136, '::1', '::', 7, 0, '', '', '1000'],
    [-1, -1, 15, 2, 255, '0.0.0.0', '0.0.0.0', 1, 0, '', '', '1000'],
    [-1, -1, 16, 10, 255, '::', '::', 58, 0, '', '', '1000'],
    [1, 6, 17, 1, 0, '', '', 0, 0, '/run/a b', '', '1000'],
    [-1, -1, 18, 1, 0, '', '', 0, 0, '', '', '1000'],
    [-1, -1, 19, 1, 0, '', '', 0, 0, '@abstract', '', '1000'],
    [9, 3, 21, 17, 0x88cc, '', '', 0, 0, '', 'NONE', '1000'],
    [20, 3, 30, 2, 6, '127.0.0.1', '0.0.0.0', 22, 0, '', 'LISTEN', '2000'],
  ]);
});

t.test('columns come in the order of the schema', async (t) => {
  const root = makeProc(t, processes);
  t.strictSame(Object.keys(open(root)[0] ?? {}), Object.keys(processOpenSockets.columns));
  t.strictSame(Object.keys(listening(root)[0] ?? {}), Object.keys(listeningPorts.columns));
});

t.test('a pid limits what is read and shown', async (t) => {
  const root = makeProc(t, processes);
  const of = (...pids: string[]): unknown[][] =>
    open(root, { equals: { pid: pids } }).map(({ pid, fd, socket }) => [pid, fd, socket]);
  t.strictSame(of('1'), [
    [1, 5, 10],
    [1, 6, 17],
  ]);
  t.strictSame(of('20'), [[20, 3, 30]]);
  t.strictSame(
    of('9', '10').filter(([, , socket]) => socket === 10),
    [[9, 8, 10]],
    'the holder named does not depend on the order asked in',
  );
  t.strictSame(of('1', '20'), [
    [1, 5, 10],
    [1, 6, 17],
    [20, 3, 30],
  ]);
  for (const pid of ['30', '31', '4711', 'x', '']) t.strictSame(of(pid), [], pid);
  t.equal(of('-1').length, 14, 'sockets without a process: SQLite picks them out of all');
  t.equal(of('1', '-1').length, 14);

  const opened = scan(processOpenSockets, { root, equals: { pid: ['20'] } }).opened;
  t.strictSame(
    opened.filter((path) => !path.startsWith('/proc/20/')),
    [],
  );
  const idle = makeProc(t, { '1': { namespace: 1000, net: host, fd: { 0: '/dev/null' } } });
  t.strictSame(
    scan(processOpenSockets, { root: idle, equals: { pid: ['1'] } }).opened,
    ['/proc/1/fd', '/proc/1/fd/0'],
    'no list is read for a process without a socket',
  );
});

t.test(
  'each list is read once a namespace, and descriptors only for the columns of the holder',
  async (t) => {
    const root = makeProc(t, processes);
    for (const table of [processOpenSockets, listeningPorts]) {
      const all = scan(table, { root }).opened;
      t.equal(all.filter((path) => path.endsWith('/net/tcp')).length, 2);
      const lists = all.filter((path) => path.includes('/net/'));
      t.equal(new Set(lists).size, lists.length, 'none twice');
      t.equal(all.filter((path) => /\/fd\//.test(path)).length, 11);
      const few = scan(table, { root, columns: ['family', 'net_namespace'] });
      t.strictSame(
        few.opened.filter((path) => path.includes('/fd')),
        [],
      );
      t.strictSame(few.rows.length, scan(table, { root }).rows.length);
      t.ok(few.rows.every(({ pid, fd }) => pid === -1 && fd === -1));
      for (const column of ['pid', 'fd']) {
        t.strictSame(scan(table, { root, columns: [column] }).opened, all, column);
      }
    }
  },
);

t.test('of a process that does not show its namespace no descriptor is looked at', async (t) => {
  const root = makeProc(t, {
    '1': { namespace: 1000, net: host, fd: { 5: 'socket:[10]' } },
    '2': { fd: { 3: 'socket:[11]' } },
  });
  const { opened, rows } = scan(processOpenSockets, { root });
  t.strictSame(
    opened.filter((path) => path.startsWith('/proc/2/')),
    [],
  );
  t.match(
    rows.filter(({ pid }) => pid !== -1),
    [{ pid: 1, fd: 5, socket: 10 }],
  );
});

t.test('a list that the kernel lacks is asked for once a namespace, not of every process', async (t) => {
  const asked: string[] = [];
  open('', { files: beforeReads(openDoor(makeProc(t, processes)), (path) => asked.push(path)) });
  t.equal(asked.length, 2 * 12);
  t.strictSame(
    asked.filter((path) => path.endsWith('/icmp6')),
    ['/proc/1/net/icmp6', '/proc/20/net/icmp6'],
  );
});

t.test('listening: no remote port, unix sockets with a path, packet sockets', async (t) => {
  t.strictSame(listening(makeProc(t, processes)).map(Object.values), [
    [-1, 1, 1, 2, '0.0.0.0', -1, 20, '', '1000'],
    [9, 8080, 6, 2, '127.0.0.1', 8, 10, '', '1000'],
    [-1, 68, 17, 2, '0.0.0.0', -1, 12, '', '1000'],
    [-1, 7, 136, 10, '::1', -1, 14, '', '1000'],
    [-1, 1, 255, 2, '0.0.0.0', -1, 15, '', '1000'],
    [-1, 58, 255, 10, '::', -1, 16, '', '1000'],
    [1, 0, 0, 1, '', 6, 0, '/run/a b', '1000'],
    [-1, 0, 0, 1, '', -1, 0, '@abstract', '1000'],
    [9, 0, 0x88cc, 17, '', 3, 21, '', '1000'],
    [20, 22, 6, 2, '127.0.0.1', 3, 30, '', '2000'],
  ]);
});

t.test('names of the TCP states', async (t) => {
  const states = Array.from({ length: 14 }, (_, state) => state.toString(16).toUpperCase().padStart(2, '0'));
  const tcp = heading + states.map((state, inode) => inet(anyone, anyone, state, inode)).join('');
  t.strictSame(
    open(makeProc(t, { '1': { namespace: 1000, net: { tcp } } })).map(({ state }) => state),
    [
      'UNKNOWN',
      'ESTABLISHED',
      'SYN_SENT',
      'SYN_RECV',
      'FIN_WAIT1',
      'FIN_WAIT2',
      'TIME_WAIT',
      'CLOSED',
      'CLOSE_WAIT',
      'LAST_ACK',
      'LISTEN',
      'CLOSING',
      'UNKNOWN',
      'UNKNOWN',
    ],
  );
});

t.test('the process that stands for its namespace ends while it is read', async (t) => {
  for (const moment of ['icmp', 'tcp6', 'unix']) {
    const root = makeProc(t, processes);
    const before = open(root);
    const files = beforeReads(openDoor(root), (path) => {
      if (path === `/proc/1/net/${moment}`) rmSync(join(root, 'proc/1'), { recursive: true });
    });
    t.strictSame(open(root, { files }), before, moment);
  }
});

t.test('a process ends before its sockets are looked at: no row, no failure', async (t) => {
  const root = makeProc(t, { '20': processes['20'] ?? {} });
  const files = beforeReads(openDoor(root), () =>
    rmSync(join(root, 'proc/20'), { recursive: true, force: true }),
  );
  t.strictSame(open(root, { files }), []);
  t.strictSame(open(root, { files, equals: { pid: ['20'] } }), []);
});

t.test('a kernel without network namespaces has one, which is 0', async (t) => {
  const root = makeProc(t, { self: { net: host }, '1': { net: host, fd: { 5: 'socket:[10]' } } });
  t.match(
    open(root).find(({ socket }) => socket === 10),
    { pid: 1, fd: 5, net_namespace: '0' },
  );
  t.equal(open(root).length, 13);
});

t.test('no /proc at all', async (t) => {
  t.strictSame(open(t.testdir({})), []);
  t.strictSame(listening(t.testdir({})), []);
});

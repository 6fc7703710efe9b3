import { spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, isIPv6, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { tables } from '../../../workers/tables/index.ts';
import { type Answer, openEngine } from '../harness.ts';
import { openDoor } from './socket-tree.ts';

const { ask } = await openEngine(tables);

/** Runs SQL on this host through the engine and a real file door. */
const query = (sql: string): Record<string, unknown>[] => {
  const answer: Answer = ask(sql, { services: { files: openDoor() } });
  if (answer.failure !== undefined) throw new Error(answer.failure.message);
  const names = answer.columns?.map(({ name }) => name) ?? [];
  return answer.cells.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]])));
};

const mine = `pid = ${process.pid}`;
const net_namespace = /\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0];
const noIpv6 = !query("SELECT 1 FROM routes WHERE destination = '::1'").length && 'needs IPv6 on loopback';

const listen = async (t: Test, options: ListenOptions): Promise<Server> => {
  const server = createServer();
  t.teardown(() => server.close());
  server.listen(options);
  await once(server, 'listening');
  return server;
};

const tcpPort = (server: Server): number => (server.address() as AddressInfo).port;

const bind = async (t: Test, type: 'udp4' | 'udp6', address: string): Promise<Socket> => {
  const socket = createSocket(type);
  t.teardown(() => socket.close());
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
};

/** The one row, whose descriptor is checked to be a link to its socket. */
const only = (t: Test, rows: readonly Record<string, unknown>[]): Record<string, unknown> => {
  t.equal(rows.length, 1);
  const [row = {}] = rows;
  t.equal(readlinkSync(`/proc/self/fd/${row.fd}`), `socket:[${row.socket}]`);
  return row;
};

for (const host of ['127.0.0.1', '0.0.0.0', '::1', '::']) {
  t.test(`TCP on ${host}`, { skip: isIPv6(host) && noIpv6 }, async (t) => {
    const server = await listen(t, { host, port: 0 });
    const local_port = tcpPort(server);
    const family = isIPv6(host) ? 10 : 2;
    const row = only(
      t,
      query(`SELECT * FROM process_open_sockets WHERE ${mine} AND local_port = ${local_port}`),
    );
    const { fd, socket } = row;
    t.strictSame(row, {
      pid: process.pid,
      fd,
      socket,
      family,
      protocol: 6,
      local_address: host,
      remote_address: isIPv6(host) ? '::' : '0.0.0.0',
      local_port,
      remote_port: 0,
      path: '',
      state: 'LISTEN',
      net_namespace,
    });
    t.strictSame(query(`SELECT * FROM listening_ports WHERE ${mine} AND port = ${local_port}`), [
      {
        pid: process.pid,
        port: local_port,
        protocol: 6,
        family,
        address: host,
        fd,
        socket,
        path: '',
        net_namespace,
      },
    ]);
  });
}

for (const [host, listensOn] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['127.0.0.1', '::'],
] as const) {
  t.test(`TCP from ${host} to ${listensOn}`, { skip: isIPv6(listensOn) && noIpv6 }, async (t) => {
    const server = await listen(t, { host: listensOn, port: 0 });
    const client = connect(tcpPort(server), host);
    const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
    const ends = [client, accepted].map(({ localAddress, localPort, remoteAddress, remotePort }) => [
      localAddress,
      localPort,
      remoteAddress,
      remotePort,
      'ESTABLISHED',
    ]);
    const columns = 'local_address, local_port, remote_address, remote_port, state';
    const rows = query(
      `SELECT ${columns} FROM process_open_sockets WHERE ${mine} AND remote_port <> 0 ` +
        `AND ${client.localPort} IN (local_port, remote_port)`,
    ).map(Object.values);
    const byPort = (a: readonly unknown[], b: readonly unknown[]): number => Number(a[1]) - Number(b[1]);
    t.strictSame(rows.toSorted(byPort), ends.toSorted(byPort));
    t.strictSame(
      query(`SELECT port FROM listening_ports WHERE ${mine} AND port = ${client.localPort}`),
      [],
      'neither end is listening',
    );
    const { localPort } = client;
    client.end();
    await Promise.all([once(client, 'close'), once(accepted.resume(), 'close')]);
    t.match(
      query(`SELECT * FROM process_open_sockets WHERE local_port = ${localPort}`),
      [{ pid: -1, fd: -1, socket: 0, state: 'TIME_WAIT', remote_port: tcpPort(server) }],
      'what is left of the connection belongs to no process',
    );
    t.strictSame(
      query(`SELECT * FROM process_open_sockets WHERE pid = -1 AND local_port = ${localPort}`).length,
      1,
    );
    t.strictSame(query(`SELECT * FROM process_open_sockets WHERE ${mine} AND local_port = ${localPort}`), []);
  });
}

for (const [type, host] of [
  ['udp4', '127.0.0.1'],
  ['udp6', '::1'],
] as const) {
  t.test(`UDP on ${host}`, { skip: isIPv6(host) && noIpv6 }, async (t) => {
    const bound = await bind(t, type, host);
    const other = await bind(t, type, host);
    const { port } = bound.address();
    const where = `WHERE ${mine} AND protocol = 17`;
    const row = only(t, query(`SELECT * FROM process_open_sockets ${where} AND local_port = ${port}`));
    t.match(row, {
      family: type === 'udp4' ? 2 : 10,
      local_address: host,
      remote_port: 0,
      state: '',
      path: '',
    });
    only(
      t,
      query(
        `SELECT fd, socket, port FROM listening_ports ${where} AND port = ${port} AND address = '${host}'`,
      ),
    );

    other.connect(port, host);
    await once(other, 'connect');
    const from = other.address().port;
    t.match(only(t, query(`SELECT * FROM process_open_sockets ${where} AND local_port = ${from}`)), {
      remote_address: host,
      remote_port: port,
    });
    t.strictSame(query(`SELECT * FROM listening_ports ${where} AND port = ${from}`), []);
  });
}

t.test('unix sockets: on a path with blank and newline, abstract, and their ends', async (t) => {
  // A socket's path has 107 bytes at most.
  const directory = mkdtempSync(join(tmpdir(), 'leash-unix-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'a b\nc');
  const abstract = `leash-test-${process.pid}`;
  const server = await listen(t, { path });
  await listen(t, { path: `\0${abstract}` });
  const client = connect(path);
  await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  t.teardown(() => client.destroy());
  const named = query(`SELECT * FROM process_open_sockets WHERE ${mine} AND path = '${path}'`);
  t.equal(named.length, 2, 'the listening end and the accepted one');
  for (const row of named) {
    const { fd, socket } = only(t, [row]);
    t.strictSame(row, {
      pid: process.pid,
      fd,
      socket,
      family: 1,
      protocol: 0,
      local_address: '',
      remote_address: '',
      local_port: 0,
      remote_port: 0,
      path,
      state: '',
      net_namespace,
    });
  }
  only(t, query(`SELECT fd, socket FROM process_open_sockets WHERE ${mine} AND path = '@${abstract}'`));
  t.strictSame(
    query(`SELECT * FROM listening_ports WHERE ${mine} AND path = '@${abstract}'`).map(Object.values),
    [
      [
        process.pid,
        0,
        0,
        1,
        '',
        query(`SELECT fd FROM process_open_sockets WHERE path = '@${abstract}'`)[0]?.fd,
        0,
        `@${abstract}`,
        net_namespace,
      ],
    ],
  );
});

/** Only root may take on another user, and only root sees what this is about. */
const notRoot = process.getuid?.() !== 0 && 'needs root';

t.test(
  'another user: sockets are shown, their holders are not, and the denials are counted',
  { skip: notRoot },
  async (t) => {
    const listener =
      "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))";
    const other = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(async () => {
      other.kill('SIGKILL');
      await once(other, 'exit');
    });
    const [printed]: Buffer[] = await once(other.stdout, 'data');
    const port = Number(printed);
    const files = openDoor();
    const sql = `SELECT pid, fd, state FROM process_open_sockets WHERE local_port = ${port}`;
    process.seteuid?.(65534);
    try {
      const { failure, cells } = ask(sql, { services: { files } });
      t.equal(failure, undefined);
      t.strictSame(cells, [[-1, -1, 'LISTEN']]);
    } finally {
      process.seteuid?.(0);
    }
    t.ok(files.usage().denied_reads > 0);
    t.match(query(sql), [{ pid: other.pid }]);
  },
);

const ss = spawnSync('ss', ['-V']);
const noSs = ss.error !== undefined && 'needs ss (iproute2)';

t.test('agrees with ss', { skip: noSs }, async (t) => {
  await listen(t, { host: '127.0.0.1', port: 0 });
  await bind(t, 'udp4', '0.0.0.0');
  await listen(t, { path: `\0leash-ss-${process.pid}` });
  if (noIpv6 === false) await listen(t, { host: '::1', port: 0 });
  const ofFamily = { tcp: 6, udp: 17, u_str: 0 } as const;
  const told = ['-Htulnpe', '-Hxlpe']
    .flatMap((options) => spawnSync('ss', [options], { encoding: 'utf8' }).stdout.split('\n'))
    .flatMap((line) => {
      const fd = new RegExp(`pid=${process.pid},fd=(\\d+)`).exec(line)?.[1];
      const [kind, , , , local = '', peer = ''] = line.split(/\s+/);
      if (fd === undefined) return [];
      const inode = kind === 'u_str' ? peer : (/ino:(\d+)/.exec(line)?.[1] ?? '');
      return [{ fd: Number(fd), kind, local, inode }];
    });
  t.ok(told.length >= 3, `${told.length} sockets of this process`);
  for (const { fd, kind, local, inode } of told) {
    const [row = {}] = query(`SELECT * FROM process_open_sockets WHERE ${mine} AND fd = ${fd}`);
    const [listening = {}] = query(`SELECT * FROM listening_ports WHERE ${mine} AND fd = ${fd}`);
    const address = String(row.local_address);
    const expected =
      kind === 'u_str' ? row.path : `${isIPv6(address) ? `[${address}]` : address}:${row.local_port}`;
    t.equal(local, expected, `${kind} ${local}`);
    t.match(row, { protocol: ofFamily[kind as keyof typeof ofFamily], socket: Number(inode) });
    t.match(listening, { protocol: row.protocol, port: row.local_port, path: row.path, address });
  }
});

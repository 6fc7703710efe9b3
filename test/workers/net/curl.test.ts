import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import { WorkerProcess } from '../worker-process.ts';
import { httpPeer, httpsPeer, makeIdentity, withoutOpenssl } from './peers.ts';

const netWorker = async (t: { teardown(end: () => void): void }): Promise<WorkerProcess> => {
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  return worker;
};

t.test('curl answers with status, body, size and time, under its user agent', async (t) => {
  const agents: (string | undefined)[] = [];
  const peer = await httpPeer(t, (request, response) => {
    agents.push(request.headers['user-agent']);
    response.writeHead(request.url === '/gone' ? 410 : 200).end(`you asked ${request.url} — ü`);
  });
  const worker = await netWorker(t);
  const { cells, failure, cost } = await worker.query(
    `SELECT method, user_agent, response_code, bytes, result, round_trip_time > 0 FROM curl WHERE url IN ('${peer.url}/a', '${peer.url}/gone') ORDER BY url`,
  );
  t.equal(failure, undefined);
  const body = (path: string): string => `you asked ${path} — ü`;
  t.strictSame(cells, [
    ['GET', 'osquery', 200, Buffer.byteLength(body('/a')), body('/a'), 1],
    ['GET', 'osquery', 410, Buffer.byteLength(body('/gone')), body('/gone'), 1],
  ]);
  t.ok(cost.read_bytes >= Buffer.byteLength(body('/a')) * 2, 'what is received is read');
  await worker.query(`SELECT 1 FROM curl WHERE url = '${peer.url}/b' AND user_agent = 'me/1.0'`);
  t.strictSame(agents, ['osquery', 'osquery', 'me/1.0']);
  t.match((await worker.query('SELECT * FROM curl')).failure, { reason: 'missing_required' });
});

const noCurl = spawnSync('curl', ['--version']).status !== 0 && 'there is no curl(1) here';
t.test('answers are those that curl(1) gets', { skip: noCurl }, async (t) => {
  const bodies = ['', 'line\nline\r\n', 'ü — 漢字', 'x'.repeat(50_000), '{"a": "\\u0000"}'];
  const peer = await httpPeer(t, (request, response) => {
    const [, kind = '', at = ''] = request.url?.split('/') ?? [];
    if (kind === 'moved') return void response.writeHead(307, { location: `/plain/${at}` }).end();
    // Without a length the body comes in chunks.
    response.writeHead(kind === 'error' ? 503 : 200, { 'content-type': 'text/plain' });
    for (const piece of bodies[Number(at)]?.match(/.{1,20000}/gs) ?? []) response.write(piece);
    response.end();
  });
  const worker = await netWorker(t);
  for (const path of bodies.flatMap((_, at) => [`/plain/${at}`, `/moved/${at}`, `/error/${at}?q=a%20b`])) {
    const url = peer.url + path;
    const { stdout } = await promisify(execFile)(
      'curl',
      ['-sSL', '--noproxy', '*', '-w', '\n%{response_code}|%{size_download}', url],
      { maxBuffer: 2 ** 20 },
    );
    const { cells } = await worker.query(
      `SELECT result || char(10) || response_code || '|' || bytes FROM curl WHERE url = '${url}'`,
    );
    t.strictSame(cells, [[stdout]], path);
  }
});

t.test('redirects are followed, but not for ever; nothing else than http is spoken', async (t) => {
  const peer = await httpPeer(t, (request, response) => {
    if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (request.url === '/old') response.writeHead(301, { location: 'new' }).end();
    else if (request.url === '/out') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else response.end('new place');
  });
  const worker = await netWorker(t);
  const ask = (path: string) =>
    worker.query(`SELECT response_code, result FROM curl WHERE url = '${peer.url}${path}'`);
  t.strictSame((await ask('/old')).cells, [[200, 'new place']]);
  const loop = await ask('/loop');
  t.strictSame(loop.cells, [[null, '']]);
  t.match(loop.warnings, [/more than 10 redirects/]);
  const out = await ask('/out');
  t.match([out.cells, out.warnings], [[[null, '']], [/no http or https URL/]]);
  const file = await worker.query("SELECT result FROM curl WHERE url = 'file:///etc/passwd'");
  t.match([file.cells, file.warnings], [[['']], [/no http or https URL/]]);
});

t.test('nobody there, a peer that hangs up, and too long a body give a row without an answer', async (t) => {
  const peer = await httpPeer(t, (request, response) => {
    if (request.url === '/short') {
      response.writeHead(200, { 'content-length': '100' }).write('only this');
      response.socket?.end();
      return;
    }
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
      response.once('drain', more);
    };
    more();
  });
  const worker = await netWorker(t);
  const ask = (url: string, budget = {}) =>
    worker.query(`SELECT response_code FROM curl WHERE url = '${url}'`, budget);
  t.match(await ask(`${peer.url}/short`), { cells: [[null]], warnings: [/short/], failure: undefined });
  t.match(await ask('http://127.0.0.1:1/'), { cells: [[null]], warnings: [/ECONNREFUSED/] });
  t.match(await ask(`${peer.url}/endless`), { cells: [[null]], warnings: [/more than 16777216 bytes/] });
  t.match((await ask(`${peer.url}/endless`, { read_mb: 4 })).failure, { reason: 'limit', limit: 'read_mb' });
  t.strictSame((await worker.query('SELECT 1')).cells, [[1]], 'the worker lives on');
});

t.test(
  'https is checked against the authorities of tls_server_certs',
  { skip: withoutOpenssl },
  async (t) => {
    const identity = makeIdentity(t, '/CN=localhost', ['subjectAltName=IP:127.0.0.1']);
    const peer = await httpsPeer(t, identity, (_, response) => response.end('secret'));
    const worker = await netWorker(t);
    const sql = `SELECT result FROM curl WHERE url = '${peer.url}'`;
    const distrusted = await worker.query(sql, {}, []);
    t.match([distrusted.cells, distrusted.warnings], [[['']], [/self-signed/]]);
    const flags = [{ name: 'tls_server_certs', value: identity.certPath }];
    t.strictSame((await worker.query(sql, {}, flags)).cells, [['secret']]);
  },
);

t.test(
  'a peer that never answers ends at the deadline of the query, and its connection is closed',
  async (t) => {
    const peer = await httpPeer(t, () => {});
    const worker = await netWorker(t);
    const closed = peer.closed();
    const { failure, cost } = await worker.query(`SELECT * FROM curl WHERE url = '${peer.url}'`, {
      wall_ms: 300,
    });
    t.match(failure, { reason: 'limit', limit: 'wall_ms' });
    t.ok(cost.wall_ms >= 300, 'time that was waited is wall time');
    await closed;
    t.equal(peer.open.size, 0);
    t.strictSame((await worker.query('SELECT 1')).cells, [[1]]);
  },
);

t.test('a worker that waits ends when its supervisor’s end closes', async (t) => {
  let asked = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const peer = await httpPeer(t, () => asked());
  const worker = await netWorker(t);
  const dies = t.rejects(worker.query(`SELECT * FROM curl WHERE url = '${peer.url}'`), /the worker died/);
  await arrived;
  worker.channel.destroy();
  t.strictSame(await worker.exited(), [null, 'SIGKILL']);
  await dies;
});

t.test('a pure worker prepares such a query and contacts nobody', async (t) => {
  let contacts = 0;
  const peer = await httpPeer(t, (_, response) => {
    contacts += 1;
    response.end();
  });
  const worker = await WorkerProcess.ready();
  t.teardown(() => void worker.child.kill('SIGKILL'));
  worker.send({
    type: 'query',
    leaseId: 'L9',
    sql: `SELECT * FROM curl WHERE url = '${peer.url}'`,
    budget: budgetOfLevel['0'],
  });
  const frame = await worker.next();
  t.match(JSON.parse(frame?.payload.toString() ?? ''), { type: 'needs_net', leaseId: 'L9' });
  t.equal(contacts, 0);
  t.strictSame((await worker.query('SELECT 1')).cells, [[1]]);
});

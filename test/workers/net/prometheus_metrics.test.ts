import t from 'tap';
import { WorkerProcess } from '../worker-process.ts';
import { httpPeer } from './peers.ts';

t.test('metrics of every target, beside those that do not answer', async (t) => {
  const peer = await httpPeer(t, (request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/metrics' }).end();
    else if (request.url === '/metrics') response.end('# TYPE up gauge\nup{job="a b"} 1\nload 0.5 1\n');
    else if (request.url !== '/slow') response.writeHead(500).end('up 3');
  });
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  const paths = ['/metrics', '/moved', '/broken'];
  const targets = [
    ...paths.map((path) => ({ target_name: peer.url + path, timeout_s: 30 })),
    { target_name: `${peer.url}/slow`, timeout_s: 0.1 },
    { target_name: 'http://127.0.0.1:1/', timeout_s: 30 },
    { target_name: 'nonsense', timeout_s: 30 },
  ];
  const { cells, failure, warnings } = await worker.query(
    'SELECT target_name, metric_name, metric_value, timestamp_ms > 1000000000000 FROM prometheus_metrics',
    {},
    targets,
  );
  t.equal(failure, undefined);
  t.strictSame(
    cells,
    ['/metrics', '/moved'].flatMap((path) => [
      [peer.url + path, 'up{job="a b"}', { real: 1 }, 1],
      [peer.url + path, 'load', { real: 0.5 }, 1],
    ]),
  );
  t.match(warnings, [
    /broken answered with status 500/,
    /no whole answer in time/,
    /ECONNREFUSED/,
    /no http or https URL/,
  ]);
  t.strictSame((await worker.query('SELECT * FROM prometheus_metrics')).cells, [], 'without a configuration');
});

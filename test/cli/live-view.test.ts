import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { eventLine } from '../../cli/live/event-line.ts';
import { emptyTally, LiveView, statusLine, tally } from '../../cli/live/live-view.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { noCost } from '../../protocol/run.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { recordIo } from './harness.ts';

const ran: DaemonEvent = {
  type: 'query_ran',
  name: 'users',
  added: 24,
  removed: 1,
  rows: 26,
  snapshot: false,
  cost: { ...noCost, wall_ms: 2.04, user_ms: 1.5, system_ms: 0.7, memory_bytes: 3 * 2 ** 19 },
};
const verdict: Verdict = {
  subject: 'query',
  verdictId: 'v',
  leaseId: 'l',
  queryId: 'hog',
  scope: 'schedule:hog',
  sqlHash: 'ab',
  sql: 'SELECT 1',
  worker: { pid: 9, startTicks: 1 },
  kind: 'kill',
  reason: 'memory_mb',
  limit: 200,
  measured: 213.7,
  strike: true,
  at_unix_ms: 0,
  journalled: true,
};
const judged: DaemonEvent = { type: 'verdict', verdict };
const log = (message: string): DaemonEvent => ({ type: 'log', severity: 'warning', message });
const plain = { time: '13:26:06', colours: false } as const;

t.test('one aligned line an event', async (t) => {
  const denied: DaemonEvent = {
    type: 'denied',
    denial: {
      scope: 'schedule:hog',
      sqlHash: 'ab',
      queryId: 'hog',
      sql: 'SELECT 1',
      state: 'denied',
      strikes: 1,
      reason: 'memory_mb',
      limit: 200,
      measured: 213.7,
      since_unix_ms: 0,
      until_unix_ms: 600_000,
      lastStrike_unix_ms: 0,
    },
  };
  const snapshot: DaemonEvent = { ...ran, snapshot: true, rows: 1, added: 0, removed: 0 };
  t.strictSame(
    [
      ran,
      snapshot,
      judged,
      denied,
      { type: 'query_failed', name: 'bad', message: 'no such table: bad' } as const,
      log('The disk is full.'),
    ].map((event) => eventLine(event, plain)),
    [
      '13:26:06 ran     users                    26 rows, +24 -1            2.0 ms, cpu    2.2 ms, 1.5 MiB',
      '13:26:06 ran     users                    1 row                      2.0 ms, cpu    2.2 ms, 1.5 MiB',
      "13:26:06 verdict 'hog' was killed: it used 214 MB of memory growth; its limit is 200 (memory_mb).",
      '13:26:06 denied  hog                      until 1970-01-01T00:10:00.000Z, strike 1',
      '13:26:06 failed  bad                      no such table: bad',
      '13:26:06 warning The disk is full.',
    ],
  );
});

t.test('colours do not change the text, and a terminal gets no more than its width', async (t) => {
  for (const event of [ran, judged, log('x'.repeat(200))]) {
    const coloured = eventLine(event, { ...plain, colours: true });
    t.not(coloured, stripVTControlCharacters(coloured), 'there are colours');
    t.equal(stripVTControlCharacters(coloured), eventLine(event, plain));
    for (const columns of [0, 10, 17, 40, 80]) {
      const line = stripVTControlCharacters(eventLine(event, { ...plain, colours: true, columns }));
      t.ok(line.length <= Math.max(columns, 17), `${line.length} of ${columns}`);
    }
  }
  t.equal(eventLine(log('größe und mehr'), { ...plain, columns: 24 }), '13:26:06 warning größe …');
});

t.test('on a pipe: lines and nothing else', async (t) => {
  const io = recordIo();
  const view = new LiveView(io, new SimulatedClock(), () => 0);
  view.show(ran);
  view.say('Results go to /x.');
  view.end();
  t.match(io.written.out, /^\d\d:\d\d:\d\d ran {5}users .*\nResults go to \/x\.\n$/);
});

t.test('on a terminal: a status line that stays at the bottom and goes at the end', async (t) => {
  const io = recordIo({ outIsTerminal: true });
  const view = new LiveView(io, new SimulatedClock(), () => 50 * 2 ** 20);
  view.show(ran);
  t.match(io.written.out, /^\d\d:\d\d:\d\d ran .*\n 1 queries ran, 0 failed, 25 rows changed/);
  t.ok(
    (io.written.out.split('\n')[1] ?? '').length < 60,
    'narrower than the terminal, so that it never wraps',
  );
  io.written.out = '';
  view.show(log('hello'));
  t.ok(io.written.out.startsWith('\r\u001b[K'), 'the old status line is cleared first');
  io.written.out = '';
  view.end();
  t.equal(io.written.out, '\r\u001b[K');
});

t.test('what is counted', async (t) => {
  const failed: DaemonEvent = { type: 'query_failed', name: 'bad', message: 'm' };
  const counted = [ran, ran, failed, judged, log('x')].reduce(tally, emptyTally);
  t.strictSame(counted, { queries: 2, failed: 1, changed_rows: 50, verdicts: 1 });
  t.equal(
    statusLine(counted, 50 * 2 ** 20),
    ' 2 queries ran, 1 failed, 50 rows changed, 1 verdicts, leashd 50 MiB. Ctrl-C ends it.',
  );
});

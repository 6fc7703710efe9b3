import t from 'tap';
import { parseServeArguments } from '../../../extensions/life/arguments.ts';

t.test("osquery's arguments", (t) => {
  const usual = { socket: '/run/em', timeout_ms: 3000, interval_ms: 3000, verbose: false };
  const cases: readonly (readonly [readonly string[], object])[] = [
    [['--socket', '/run/em'], usual],
    [['--socket=/run/em'], usual],
    [['-socket', '/run/em', '-verbose'], { ...usual, verbose: true }],
    [
      ['--verbose', '--socket', '/run/em', '--timeout', '10', '--interval', '0.5'],
      { ...usual, timeout_ms: 10_000, interval_ms: 500, verbose: true },
    ],
    [['--socket', '/run/em', '--timeout=0', '--interval=0'], { ...usual, timeout_ms: 200, interval_ms: 200 }],
    [['--socket', '/run/em', '--mine', 'x', 'y', '--other=1'], usual],
  ];
  for (const [argv, value] of cases)
    t.strictSame(parseServeArguments(argv), { ok: true, value }, argv.join(' '));
  const wrong = [
    [],
    ['--socket'],
    ['--socket='],
    ['/run/em'],
    ['--socket', '/run/em', '--timeout', 'soon'],
    ['--socket', '/run/em', '--interval=-1'],
    ['--socket', '/run/em', '--timeout'],
  ];
  for (const argv of wrong) t.match(parseServeArguments(argv), { ok: false }, argv.join(' '));
  t.end();
});

import t from 'tap';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { missingExtensions } from '../../../supervisor/extensions/await-required.ts';
import { extensionTime_ms } from '../../../supervisor/extensions/extension-times.ts';
import type { Registration } from '../../../supervisor/extensions/registry.ts';
import { flagsOf } from '../config/flags-of.ts';

const named = (uuid: number, name: string): readonly [number, Registration] => [
  uuid,
  {
    uuid,
    door: { path: '/run/em', kind: 'managed' },
    info: { name, version: '', sdkVersion: '', minSdkVersion: '' },
    socketDueAt_ms: 0,
    plugins: [],
    tables: [],
    away: new Map(),
  },
];

/** What is told, and when (-1: it is waited for still), with extensions that register at these moments. */
const told = async (require: string, comes: Readonly<Record<string, number>>, stopped_ms = Infinity) => {
  const clock = new SimulatedClock();
  const attached = new Map<number, Registration>();
  for (const [index, [name, at_ms]] of Object.entries(comes).entries()) {
    clock.after(at_ms, () => attached.set(...named(index, name)));
  }
  const flags = flagsOf({ extensions_require: require, extensions_timeout: '5' });
  let came: { readonly missing: readonly string[]; readonly at_ms: number } | undefined;
  const isStopped = (): boolean => clock.monotonicMs() >= stopped_ms;
  const waiting = missingExtensions(flags, { attached }, clock, isStopped).then((missing) => {
    came = { missing, at_ms: clock.monotonicMs() };
  });
  await clock.advance(10_000);
  await waiting;
  return came;
};

t.test('extensions_require: nobody is waited for who is there, and nobody for ever', async (t) => {
  t.strictSame(await told('', {}), { missing: [], at_ms: 0 });
  t.strictSame(await told(' one, two ,', { one: 1_000, two: 2_000, three: 0 }), {
    missing: [],
    at_ms: 2_000,
  });
  t.strictSame(await told('one,two', { two: 100 }), { missing: ['one'], at_ms: 5_000 });
  t.strictSame(await told('one,two', { one: 6_000 }), { missing: ['one', 'two'], at_ms: 5_000 });
  t.strictSame(
    await told('one', {}, 1_000),
    { missing: [], at_ms: 1_000 },
    'a daemon that stops says nothing',
  );
});

t.test('times of extensions are seconds as text, 200 ms at least', (t) => {
  for (const [text, time_ms] of [
    ['3', 3_000],
    ['0.5', 500],
    ['0', 200],
    ['0.01', 200],
    ['-1', 3_000],
    ['x', 3_000],
    ['', 3_000],
    ['Infinity', 3_000],
  ] as const) {
    t.equal(extensionTime_ms(flagsOf({ extensions_interval: text }), 'extensions_interval'), time_ms, text);
  }
  t.equal(extensionTime_ms(flagsOf({}), 'extensions_timeout'), 3_000);
  t.end();
});

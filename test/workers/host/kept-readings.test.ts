import t from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import type { HostFiles } from '../../../protocol/host-files.ts';
import { KeptReadings } from '../../../workers/host/kept-readings.ts';

/** A door as a run has one. */
const newRun = (): HostFiles =>
  createHostFiles({ root: '/nonexistent', readMax_bytes: 1, budget: { read_bytes: 1, paths: 1 } });

/** Things with the words of which they consist, and how often they were all read. */
const things = (...all: readonly string[]) => {
  const counted = { readings: 0 };
  const lookUp = (...keys: readonly string[]) => ({
    keys,
    textsOf: (thing: string) => thing.split(' '),
    *readAll() {
      counted.readings += 1;
      yield* all;
    },
  });
  return { counted, lookUp };
};

t.test('the first look-up of a run reads, the second one keeps', async (t) => {
  const { counted, lookUp } = things('a b', 'b c c', 'd');
  const kept = new KeptReadings<string>(100);
  const run = newRun();
  const find = (...keys: readonly string[]): string[] => [...kept.lookUp(run, 'x', lookUp(...keys))];
  for (const readings of [1, 2, 2, 2]) {
    t.strictSame(find('b'), ['a b', 'b c c']);
    t.equal(counted.readings, readings);
  }
  t.strictSame([find('c', 'none', 'd'), find('none'), find()], [['b c c', 'd'], [], []]);
  t.equal(counted.readings, 2);
  t.strictSame([...kept.lookUp(run, 'y', lookUp('a'))], ['a b'], 'of something else nothing is kept yet');
  t.strictSame([...kept.lookUp(newRun(), 'x', lookUp('a'))], ['a b'], 'another run begins anew');
  t.equal(counted.readings, 4);
});

t.test('scans of everything are kept from the second one on, too', async (t) => {
  const { counted, lookUp } = things('a', 'b');
  const [kept, run] = [new KeptReadings<string>(100), newRun()];
  for (const readings of [1, 2, 2]) {
    t.strictSame([...kept.all(run, 'x', lookUp().readAll)], ['a', 'b']);
    t.equal(counted.readings, readings);
  }
  for (const _ of [1, 2]) t.strictSame([...kept.all(run, 'nothing', () => [])], []);
});

t.test('more than may be kept is read for each look-up', async (t) => {
  const { counted, lookUp } = things('a b', 'c', 'd');
  const kept = new KeptReadings<string>(3);
  const run = newRun();
  for (const readings of [1, 3, 4, 5]) {
    t.strictSame([...kept.lookUp(run, 'x', lookUp('c'))], ['c']);
    t.equal(counted.readings, readings, 'the second one tried to keep it');
  }
});

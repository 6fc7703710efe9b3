import t from 'tap';
import { WaitMeter } from '../../workers/extension-waits.ts';

t.test('waits are added up by extension, and time between them is the run’s own', async (t) => {
  let now_ms = 100;
  const meter = new WaitMeter(
    () => now_ms,
    1_000,
    () => {},
  );
  t.equal(meter.report(), undefined);
  const lasting = async (ms: number): Promise<string> => {
    now_ms += ms;
    return 'here';
  };
  const [first, second] = [meter.begin(1), meter.begin(2)];
  t.equal(await first.wait(lasting(0)), 'here');
  const slow = Promise.withResolvers<undefined>();
  const waited = second.wait(slow.promise);
  now_ms += 30;
  slow.resolve(undefined);
  await waited;
  now_ms += 500;
  second.end();
  first.end();
  meter.begin(2).end();
  t.strictSame(meter.report(), {
    extensions: [
      { uuid: 1, calls: 1, waited_ms: 0 },
      { uuid: 2, calls: 2, waited_ms: 30 },
    ],
  });
});

t.test('the call that has not ended is told, waited for at this moment or not', async (t) => {
  let now_ms = 0;
  const meter = new WaitMeter(
    () => now_ms,
    1_000,
    () => {},
  );
  const call = meter.begin(9);
  const part = Promise.withResolvers<undefined>();
  const waited = call.wait(part.promise);
  now_ms = 10;
  part.resolve(undefined);
  await waited;
  now_ms = 15;
  void call.wait(new Promise(() => {}));
  now_ms = 22;
  const told = { extensions: [{ uuid: 9, calls: 1, waited_ms: 17 }], standing: { uuid: 9, waited_ms: 17 } };
  t.strictSame(meter.report(), told);
});

t.test('a wait that fails counts like any other', async (t) => {
  let now_ms = 0;
  const meter = new WaitMeter(
    () => now_ms,
    1_000,
    () => {},
  );
  const failing = Promise.withResolvers<undefined>();
  const waited = meter.begin(1).wait(failing.promise);
  now_ms = 4;
  failing.reject(new Error('it broke'));
  await t.rejects(waited, /it broke/);
  t.match(meter.report(), { extensions: [{ uuid: 1, waited_ms: 4 }] });
});

t.test('a call that lasts is told once, and once more when it ends', async (t) => {
  let now_ms = 0;
  const told: unknown[] = [];
  const meter = new WaitMeter(
    () => now_ms,
    100,
    (waits) => told.push(waits),
  );
  const call = meter.begin(1);
  const part = Promise.withResolvers<undefined>();
  const waited = call.wait(part.promise);
  meter.look();
  now_ms = 99;
  meter.look();
  t.strictSame(told, []);
  now_ms = 100;
  meter.look();
  now_ms = 120;
  meter.look();
  t.strictSame(told, [
    { extensions: [{ uuid: 1, calls: 1, waited_ms: 100 }], standing: { uuid: 1, waited_ms: 100 } },
  ]);
  part.resolve(undefined);
  await waited;
  call.end();
  call.end();
  t.strictSame(told.slice(1), [{ extensions: [{ uuid: 1, calls: 1, waited_ms: 120 }] }]);
  meter.look();
  t.equal(told.length, 2);
});

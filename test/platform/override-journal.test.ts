import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { GuardStore } from '../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { openGuardStore } from '../../platform/node/guard-database.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';

const override = (overrideId: string, more: Partial<LimitOverride> = {}): LimitOverride => ({
  overrideId,
  queryId: 'q',
  limits: { cpu_ms: 20_000 },
  former: { cpu_ms: 10_000 },
  uid: 1000,
  since_unix_ms: 1,
  until_unix_ms: 2,
  ended_unix_ms: undefined,
  end: undefined,
  ...more,
});
const over = { ended_unix_ms: 2, end: 'expired' } as const;

const directory = mkdtempSync(join(tmpdir(), 'leash-journal-'));
t.teardown(() => rmSync(directory, { recursive: true }));
const onDisk = (): GuardStore => {
  const opened = openGuardStore(directory, { now_unix_ms: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.store;
};

for (const [name, open] of Object.entries({ 'in memory': inMemoryGuardStore, 'on disk': onDisk })) {
  t.test(`${name}: overrides come back as they are now, in the order in which they were set`, async (t) => {
    const store = open();
    store.putOverrides([override('one')]);
    store.putOverrides([override('one', over), override('two')]);
    const kept = store.overrides();
    t.match(kept, { ok: true, value: [override('one', over), override('two')] });
    t.equal(kept.ok && kept.value.length, 2);
    store.close();
  });
}

t.test('on disk: a restart finds them; those that are over are trimmed, those in force never', async (t) => {
  const store = onDisk();
  for (let index = 0; index < 1_100; index += 1) store.putOverrides([override(`later ${index}`, over)]);
  store.close();
  const again = onDisk();
  const kept = again.overrides();
  const ids = kept.ok ? kept.value.map(({ overrideId }) => overrideId) : [];
  t.equal(ids.length, 1_001);
  t.equal(ids[0], 'two', 'it is in force still');
  t.equal(ids.at(-1), 'later 1099');
  again.close();
});

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { osqueryFlags } from '../../../supervisor/config/osquery-flags.ts';
import { unservedNotices } from '../../../supervisor/config/unserved-flags.ts';
import { flagsOf } from './flags-of.ts';

t.test('a flag without an effect that is set says so, unless it asks for what is so anyway', async (t) => {
  t.strictSame(unservedNotices(flagsOf({})), []);
  t.strictSame(
    unservedNotices(flagsOf({ logger_min_status: '0', schedule_splay_percent: '5', disable_audit: 'true' })),
    [],
  );
  t.strictSame(
    unservedNotices(
      flagsOf({ logger_min_status: '2', pidfile: '/run/o.pid', enable_watchdog_debug: 'true' }),
    ),
    [
      '--enable_watchdog_debug has no effect: leash_verdicts tells what was measured.',
      'Flags of osquery without an effect in Leash are set: --logger_min_status, --pidfile.',
    ],
  );
});

/** Names that stand in the sources for something else. */
const otherThings: ReadonlySet<string> = new Set(['D', 'S', 'v', 'ephemeral']);
/** Set by leashi as osqueryi does, and shown in osquery_flags. */
const named: ReadonlySet<string> = new Set(['disable_database', 'disable_events']);

const root = join(import.meta.dirname, '../../..');
/** Where flags are listed, and not used. */
const lists: ReadonlySet<string> = new Set(['osquery-flags.ts', 'leash-flags.ts', 'unserved-flags.ts']);

const sources = ['cli', 'platform', 'protocol', 'supervisor', 'workers'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !lists.has(basename(name)))
    .map((name) => readFileSync(join(root, folder, name), 'utf8')),
);

t.test('the flags that are described are those that something is made of', async (t) => {
  const isUsed = (name: string): boolean => sources.some((text) => text.includes(`'${name}'`));
  for (const { name, description } of osqueryFlags) {
    if (otherThings.has(name) || named.has(name)) t.equal(description, '', name);
    else t.equal(description !== '', isUsed(name), name);
  }
});

import t from 'tap';
import { Flags } from '../../supervisor/config/flags.ts';
import type { ConfigReader } from '../../supervisor/config/sources.ts';
import { shellConfig } from '../../supervisor/shell-config.ts';
import { flagsOf } from './config/flags-of.ts';

const reader = (files: Readonly<Record<string, string>>): ConfigReader => ({
  readText: (path) => {
    const text = files[path];
    return text === undefined ? { problem: 'permission is denied' } : { text };
  },
  glob: () => ({ paths: [] }),
});

const usual = new Flags().text('config_path');
const config = JSON.stringify({ views: { one: 'SELECT 1' }, options: { read_max: 7 } });

t.test(
  'the usual file is a shell’s config where its user can read it, and no word worth where not',
  async (t) => {
    const there = shellConfig(new Flags(), reader({ [usual]: config }));
    t.strictSame(there.options.configTables?.(), [{ kind: 'view', name: 'one', sql: 'SELECT 1' }]);
    t.strictSame([there.flags.int('read_max'), there.refusal], [7, undefined]);
    t.match(there.options.info(), { config_valid: 1, config_hash: /^[0-9a-f]{40}$/ });
    const absent = shellConfig(new Flags(), reader({}));
    t.strictSame([absent.refusal, absent.options.asked.schedule], [undefined, []]);
    t.match(absent.options.info(), { config_valid: 0, config_hash: '' });
  },
);

t.test('a file that was named, or holds no config, is told line by line', async (t) => {
  const named = shellConfig(flagsOf({ config_path: '/own' }), reader({ [usual]: config }));
  t.match(named.refusal, [/^\/own: expected a readable file, found permission is denied$/]);
  const broken = shellConfig(new Flags(), reader({ [usual]: '{"schedule": 1, "packs": 2}' }));
  t.match(broken.refusal, [/schedule: expected/, /packs: expected/]);
  t.equal(broken.options.configTables, undefined);
});

t.test('what a plugin would bring is none of a shell’s', async (t) => {
  const plugin = shellConfig(flagsOf({ config_plugin: 'tls' }), reader({ [usual]: config }));
  t.strictSame([plugin.options.configTables, plugin.refusal], [undefined, undefined]);
});

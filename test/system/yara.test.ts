import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeHome, startDaemon } from './daemon-harness.ts';

t.test(
  'rules of the groups of the config reach the worker, and places the flag that shows them',
  async (t) => {
    const home = makeHome({});
    t.teardown(() => home.remove());
    const rules = join(home.directory, 'shells.yar');
    const path = join(home.directory, 'index.php');
    writeFileSync(rules, 'rule shell : web { strings: $call = "eval(" condition: $call }');
    writeFileSync(path, '<?php eval($_GET[0]);');
    home.writeConfig({ options: { enable_yara_string: true }, yara: { signatures: { shells: [rules] } } });
    const daemon = await startDaemon(home);
    t.teardown(() => daemon.end('SIGKILL'));
    t.strictSame(
      await daemon.ask(
        `SELECT sig_group, matches, count, strings, tags FROM yara WHERE path = '${path}' AND sig_group = 'shells'`,
      ),
      [{ sig_group: 'shells', matches: 'shell', count: '1', strings: '$call:6', tags: 'web' }],
    );
  },
);

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { cleanEnv } from '../../system/daemon-harness.ts';

const strace = spawnSync('strace', ['-e', 'trace=fdatasync', 'true']).status === 0;
const adapter = new URL('../../../platform/node/log-files.ts', import.meta.url).href;

t.test(
  'lines are brought to the disk before anybody is told that they are written',
  { skip: strace ? false : 'needs strace' },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'leash-sync-'));
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const log = join(directory, 'results.log');
    const trace = join(directory, 'trace');
    const script = `import { nodeLogFiles } from ${JSON.stringify(adapter)};
      nodeLogFiles.append(${JSON.stringify(log)}, Buffer.from('line\\n'), 0o600);
      nodeLogFiles.sync(${JSON.stringify(log)});`;
    const node = [process.execPath, '--input-type=module', '-e', script];
    const ran = spawnSync('strace', ['-f', '-y', '-e', 'trace=write,fdatasync', '-o', trace, ...node], {
      env: cleanEnv(),
    });
    t.equal(ran.status, 0, ran.stderr.toString());
    const calls = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes(log))
      .map((line) => /\b(write|fdatasync)\(/.exec(line)?.[1]);
    t.strictSame(calls, ['write', 'fdatasync', 'fdatasync']);
  },
);

import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { otherUid, runsAsRoot } from '../other-user.ts';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { startDaemon } from './daemon-harness.ts';
import { reader, start } from './extension-harness.ts';

const skip = whyNoNodeExtension() ?? false;

t.test('what others could change is refused, with the reason, until it is mended', { skip }, async (t) => {
  const life = await start(t, {
    extensions: { loose: { name: 'loose' } },
    flags: ['--extensions_timeout=1'],
  });
  await life.lines(/registered as/, 1);
  const first = await life.started('loose');
  chmodSync(join(life.ground, 'loose.ext'), 0o777);
  process.kill(first, 'SIGKILL');
  await life.lines(/'loose': .*loose.ext is not started: .*required: .*chmod go-w/, 1);
  t.match(await life.row('loose'), { state: 'refused', pid: '', refusal: /chmod go-w/ });
  t.match((await life.daemon.command('status')).stdout, /extension loose refused, .*chmod go-w/);
});

t.test('allow_unsafe starts it all the same, and says so', { skip }, async (t) => {
  const life = await start(t, { extensions: { loose: { name: 'loose' } }, flags: ['--allow_unsafe'] });
  chmodSync(join(life.ground, 'loose.ext'), 0o777);
  const first = await life.started('loose');
  process.kill(first, 'SIGKILL');
  await life.lines(/'loose' IS NOT SAFE and was started all the same \(--allow_unsafe\): .*loose.ext/, 1);
  t.match(await life.row('loose'), { unsafe: /loose.ext.*required/ });
});

t.test(
  'an extension runs as the user that the config names',
  { skip: runsAsRoot ? skip : 'needs root' },
  async (t) => {
    const life = await start(t, {
      extensions: { probe: { name: 'probe' }, nobody: { name: 'nobody' } },
      settings: { nobody: { run_as: `${otherUid}:${otherUid}` } },
    });
    await life.lines(/'nobody': user \d+ cannot reach its socket: .* is closed to it/, 1);
    await life.daemon.end('SIGTERM');
    const directory = join(life.ground, 'doors');
    const next = await startDaemon(life.home, [...life.flags, `--extensions_directory=${directory}`]);
    t.teardown(() => next.end('SIGTERM'));
    const again = reader(next);
    await again.lines(/registered as \d+: table nobody/, 1);
    const pid = await again.started('nobody');
    t.match(
      readFileSync(`/proc/${pid}/status`, 'utf8'),
      new RegExp(`^Uid:\\s+${otherUid}\\s+${otherUid}`, 'm'),
    );
    const door = statSync(join(directory, '2'));
    t.match([door.uid, (door.mode & 0o777).toString(8)], [otherUid, '700']);
  },
);

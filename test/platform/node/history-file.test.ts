import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readHistory, writeHistory } from '../../../platform/node/history-file.ts';
import { openOutputFile } from '../../../platform/node/output-file.ts';

t.test('a history is written whole, and is its owner’s alone even where it was not', async (t) => {
  const path = join(t.testdir(), 'history');
  t.strictSame(readHistory(path), [], 'there is none yet');
  t.ok(writeHistory(path, ['one', 'two', 'three']).ok);
  t.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  t.ok(writeHistory(path, ['four']).ok);
  t.equal(readFileSync(path, 'utf8'), 'four\n');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.strictSame(readHistory(path), ['four']);
});

t.test('neither a link nor a directory nor a huge file is taken for a history', async (t) => {
  const directory = t.testdir({ secret: 'mine\n' });
  const link = join(directory, 'link');
  symlinkSync(join(directory, 'secret'), link);
  t.strictSame(readHistory(link), []);
  t.match(writeHistory(link, ['x']), { ok: false, error: { reason: 'not_written' } });
  t.equal(readFileSync(join(directory, 'secret'), 'utf8'), 'mine\n');
  mkdirSync(join(directory, 'folder'));
  t.notOk(writeHistory(join(directory, 'folder'), ['x']).ok);
  const huge = join(directory, 'huge');
  writeFileSync(huge, 'x\n'.repeat(600_000));
  t.strictSame(readHistory(huge), []);
});

t.test('results go to a new file of the owner, or anew to one that is there', async (t) => {
  const directory = t.testdir({ old: 'a long former content' });
  for (const name of ['new', 'old']) {
    const opened = openOutputFile(join(directory, name));
    if (!opened.ok) throw new Error(opened.error.message);
    opened.value.write('one\n');
    opened.value.write('zwölf\n');
    opened.value.close();
    t.equal(readFileSync(join(directory, name), 'utf8'), 'one\nzwölf\n');
  }
  t.equal(statSync(join(directory, 'new')).mode & 0o777, 0o600);
  symlinkSync(join(directory, 'old'), join(directory, 'link'));
  t.match(openOutputFile(join(directory, 'link')), { ok: false, error: { reason: 'not_writable' } });
  t.match(openOutputFile(join(directory, 'absent/file')), { ok: false, error: { reason: 'not_writable' } });
});

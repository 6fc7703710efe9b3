import t from 'tap';
import { processEnvs } from '../../../workers/tables/process_envs.ts';
import { processOpenFiles } from '../../../workers/tables/process_open_files.ts';
import { scan, tree } from './run-table.ts';

t.test('process_envs', async (t) => {
  const rows = (environ: string | Buffer): unknown =>
    scan(processEnvs, { root: tree(t, { proc: { 7: { environ }, 8: {}, self: {} } }) }).rows;
  const pairs = (environ: string | Buffer): unknown =>
    (rows(environ) as { key: string; value: string }[]).map(({ key, value }) => [key, value]);
  t.strictSame(rows('A=1\0B=x=y\0'), [
    { pid: 7, key: 'A', value: '1' },
    { pid: 7, key: 'B', value: 'x=y' },
  ]);
  t.strictSame(pairs(''), []);
  t.strictSame(
    pairs('A=1\0A=2\0'),
    [
      ['A', '1'],
      ['A', '2'],
    ],
    'a key given twice',
  );
  t.strictSame(pairs('EMPTY=\0=x\0word\0\0\0LAST=l\nm'), [
    ['EMPTY', ''],
    ['', 'x'],
    ['word', ''],
    ['LAST', 'l\nm'],
  ]);
  t.strictSame(pairs('A=\r\n\0'), [['A', '\r\n']]);
  t.strictSame(pairs(Buffer.from('K\xe4=\xff\0', 'latin1')), [['K\ufffd', '\ufffd']]);
  t.strictSame(scan(processEnvs).rows, []);
  const root = tree(t, {
    proc: { 7: { environ: `A=${'\x01'.repeat(100_000)}\0${'k'.repeat(40_000)}=v\0` } },
  });
  const long = scan(processEnvs, { root });
  t.equal(String(long.rows[0]?.value).length, 32 * 1024, '192 KiB of six bytes each');
  t.equal(String(long.rows[1]?.key).length, 32 * 1024);
  t.match(long.warnings, [/^a variable of process 7 is too long/, /./]);
});

t.test('process_open_files', async (t) => {
  const link = (target: string): ReturnType<typeof t.fixture> => t.fixture('symlink', target);
  const root = tree(t, {
    proc: {
      7: {
        fd: {
          0: link('/dev/null'),
          1: link('pipe:[4711]'),
          2: link('socket:[4712]'),
          3: link('anon_inode:[eventpoll]'),
          4: link('/var/log/a b.log (deleted)'),
          5: link('/tmp/pipe:[1]'),
          10: link('/memfd:x (deleted)'),
          11: 'no link',
        },
      },
      8: {},
    },
  });
  const { rows } = scan(processOpenFiles, { root });
  t.strictSame(
    rows.toSorted((one, other) => Number(one.fd) - Number(other.fd)),
    [
      { pid: 7, fd: 0, path: '/dev/null' },
      { pid: 7, fd: 4, path: '/var/log/a b.log (deleted)' },
      { pid: 7, fd: 5, path: '/tmp/pipe:[1]' },
      { pid: 7, fd: 10, path: '/memfd:x (deleted)' },
    ],
  );
  t.strictSame(scan(processOpenFiles).rows, []);
});

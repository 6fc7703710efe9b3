import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askHost, scratch } from './ask-host.ts';

t.test('crontabs of the system, of packages and of users, each with its path', async (t) => {
  const root = scratch(t);
  for (const directory of [
    'etc/cron.d/nested',
    'var/spool/cron/crontabs',
    'var/spool/cron/tabs',
    'var/at/tabs',
  ]) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  writeFileSync(
    join(root, 'etc/crontab'),
    'SHELL=/bin/sh\n17 * * * * root cd / && run-parts /etc/cron.hourly\r\n',
  );
  writeFileSync(join(root, 'etc/cron.d/b'), '@reboot root b\n');
  writeFileSync(join(root, 'etc/cron.d/a'), Buffer.concat([Buffer.from('* * * * * root '), Buffer.of(0xff)]));
  writeFileSync(join(root, 'etc/cron.d/.placeholder'), '* * * * * root hidden\n');
  writeFileSync(join(root, 'etc/cron.d/nested/job'), '* * * * * root nested\n');
  writeFileSync(join(root, 'etc/cron.d/empty'), '');
  symlinkSync('../crontab', join(root, 'etc/cron.d/link'));
  execFileSync('mkfifo', [join(root, 'etc/cron.d/fifo')]);
  writeFileSync(join(root, 'var/spool/cron/rhel'), '0 1 2 3 4 rhel-job\n');
  writeFileSync(join(root, 'var/spool/cron/crontabs/debian'), '# DO NOT EDIT\n@daily debian-job\n');
  writeFileSync(join(root, 'var/spool/cron/tabs/suse'), '@weekly suse-job\n');
  writeFileSync(join(root, 'var/at/tabs/mac'), '5 * * * * mac-job\n');
  const columns = 'event, minute, hour, day_of_month, month, day_of_week, command, path';
  const { rows, refused_reads } = askHost(`SELECT ${columns} FROM crontab`, root);
  const system = ['', '17', '*', '*', '*', '*', 'root cd / && run-parts /etc/cron.hourly'];
  t.strictSame(
    rows.map((row) => Object.values(row)),
    [
      [...system, '/etc/crontab'],
      ['', '*', '*', '*', '*', '*', 'root \ufffd', '/etc/cron.d/a'],
      ['@reboot', '', '', '', '', '', 'root b', '/etc/cron.d/b'],
      [...system, '/etc/cron.d/link'],
      ['', '5', '*', '*', '*', '*', 'mac-job', '/var/at/tabs/mac'],
      ['', '0', '1', '2', '3', '4', 'rhel-job', '/var/spool/cron/rhel'],
      ['@daily', '', '', '', '', '', 'debian-job', '/var/spool/cron/crontabs/debian'],
      ['@weekly', '', '', '', '', '', 'suse-job', '/var/spool/cron/tabs/suse'],
    ],
  );
  t.equal(refused_reads, 1, 'the FIFO was not opened');
});

t.test('a linked directory shows under its real path; a host without cron has no rows', async (t) => {
  const root = scratch(t);
  t.strictSame(askHost('SELECT * FROM crontab', root).rows, []);
  mkdirSync(join(root, 'etc/cron.d'), { recursive: true });
  writeFileSync(join(root, 'etc/cron.d/job'), '@hourly root job\n');
  renameSync(join(root, 'etc/cron.d'), join(root, 'etc/kept'));
  symlinkSync('kept', join(root, 'etc/cron.d'));
  t.strictSame(askHost('SELECT path FROM crontab', root).rows, [{ path: '/etc/kept/job' }]);
  chmodSync(join(root, 'etc/kept/job'), 0o000);
  if (process.geteuid?.() !== 0) t.strictSame(askHost('SELECT path FROM crontab', root).rows, []);
});

const isJob = (line: string): boolean => /^\s*[\d*@]/.test(line);
const systemJobs = ['/etc/crontab', ...listed('/etc/cron.d')].flatMap((path) => lines(path).filter(isJob));

t.test(
  'the jobs of this host',
  { skip: systemJobs.length === 0 && 'there are no system crontabs here' },
  async (t) => {
    const { rows } = askHost(
      "SELECT command FROM crontab WHERE path = '/etc/crontab' OR path LIKE '/etc/cron.d/%'",
    );
    t.strictSame(
      rows.map(({ command }) => command),
      systemJobs.map((line) => {
        const words = line.trim().split(/\s+/);
        return words.slice(line.trim().startsWith('@') ? 1 : 5).join(' ');
      }),
    );
  },
);

const ownCrontab = crontabList();

t.test(
  'the jobs that crontab -l lists',
  { skip: ownCrontab === undefined && 'there is no crontab(1) or no crontab of this user' },
  async (t) => {
    const jobs = (ownCrontab ?? '').split('\n').filter(isJob);
    const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
    const { rows } = askHost(`SELECT command FROM crontab WHERE path LIKE '/var/spool/cron/%${user}'`);
    t.equal(rows.length, jobs.length);
  },
);

function crontabList(): string | undefined {
  try {
    return execFileSync('crontab', ['-l'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !name.startsWith('.'))
      .toSorted()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

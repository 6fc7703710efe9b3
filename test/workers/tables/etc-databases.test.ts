import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { etcProtocols } from '../../../workers/tables/etc_protocols.ts';
import { etcServices } from '../../../workers/tables/etc_services.ts';
import { shadow } from '../../../workers/tables/shadow.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

t.test('etc_services', async (t) => {
  const services = 'smtp 25/tcp mail m2 # Mail\nodd 25\nodd x/tcp\nodd 1/tcp/udp\nsnmp 161/udp\n';
  t.strictSame(scan(etcServices, { root: tree(t, { etc: { services } }) }).rows, [
    { name: 'smtp', port: 25, protocol: 'tcp', aliases: 'mail m2', comment: 'Mail' },
    { name: 'snmp', port: 161, protocol: 'udp', aliases: '', comment: '' },
  ]);
  t.strictSame(scan(etcServices).rows, []);
});

t.test('etc_protocols', async (t) => {
  const protocols = Buffer.from('tcp 6 TCP T2 # transmission\nodd -1\nodd x\ncaf\xe9 254\r\n', 'latin1');
  t.strictSame(scan(etcProtocols, { root: tree(t, { etc: { protocols } }) }).rows, [
    { name: 'tcp', number: 6, alias: 'TCP', comment: 'transmission' },
    { name: 'caf\ufffd', number: 254, alias: undefined, comment: '' },
  ]);
  t.strictSame(scan(etcProtocols).rows, []);
});

t.test('shadow, whole and by name', async (t) => {
  const root = scratch(t);
  execFileSync('mkdir', [join(root, 'etc')]);
  writeFileSync(
    join(root, 'etc/shadow'),
    'root:$y$j9T$salt$h:20000:0:99999:7:::\ndaemon:*:19000:::::20500:3\n',
  );
  t.strictSame(askHost("SELECT * FROM shadow WHERE username = 'root'", root).rows, [
    {
      password_status: 'active',
      hash_alg: 'y',
      last_change: 20_000,
      min: 0,
      max: 99_999,
      warning: 7,
      inactive: -1,
      expire: -1,
      flag: -1,
      username: 'root',
    },
  ]);
  const names = "SELECT username, expire FROM shadow WHERE username IN ('daemon', 'nobody', 'root')";
  t.strictSame(askHost(names, root).rows, [
    { username: 'root', expire: -1 },
    { username: 'daemon', expire: 20_500 },
  ]);
  t.strictSame(
    scan(shadow, { root, equals: { username: ['daemon'] } }).rows.map(({ username }) => username),
    ['daemon'],
    'the table itself leaves the others out',
  );
});

t.test('a FIFO in the way is not opened', async (t) => {
  const root = scratch(t);
  execFileSync('mkdir', [join(root, 'etc')]);
  for (const name of ['services', 'protocols', 'shadow', 'sudoers']) {
    execFileSync('mkfifo', [join(root, 'etc', name)]);
  }
  for (const table of ['etc_services', 'etc_protocols', 'shadow', 'sudoers']) {
    const { rows, failure, refused_reads } = askHost(`SELECT * FROM ${table}`, root);
    t.strictSame([rows, failure, refused_reads], [[], undefined, 1], table);
  }
});

const services = getent('services');
t.test('etc_services agrees with getent', { skip: services === undefined && 'needs getent' }, async (t) => {
  const { rows } = askHost('SELECT name, port, protocol, aliases FROM etc_services');
  t.strictSame(
    rows.map((row) => `${row.name} ${row.port}/${row.protocol} ${row.aliases}`.trim()),
    services,
  );
});

const protocols = getent('protocols');
t.test('etc_protocols agrees with getent', { skip: protocols === undefined && 'needs getent' }, async (t) => {
  const { rows } = askHost('SELECT name, number, alias FROM etc_protocols');
  t.strictSame(
    rows.map((row) => `${row.name} ${row.number} ${row.alias}`.trim()),
    (protocols ?? []).map((line) => line.split(' ').slice(0, 3).join(' ')),
  );
});

const passwords = getent('shadow');
t.test(
  'shadow agrees with getent',
  { skip: passwords === undefined && 'needs getent and root' },
  async (t) => {
    const { rows } = askHost('SELECT * FROM shadow');
    const days = ['last_change', 'min', 'max', 'warning', 'inactive', 'expire', 'flag'];
    t.strictSame(
      rows.map((row) => [row.username, ...days.map((day) => (row[day] === -1 ? '' : String(row[day])))]),
      (passwords ?? []).map((line) => {
        const [username, , ...fields] = line.split(':');
        return [username, ...fields];
      }),
    );
  },
);

/** Lines of a name service database with single blanks; undefined without getent(1), or when it has none to show. */
function getent(database: string): string[] | undefined {
  try {
    const output = execFileSync('getent', ['-s', 'files', database], { encoding: 'utf8', stdio: 'pipe' });
    const lines = output.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
    return lines.length > 1 ? lines.filter((line) => line !== '') : undefined;
  } catch {
    return undefined;
  }
}

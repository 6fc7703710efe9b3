import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { canonicalHostName, parseEtcHosts } from '../../../workers/parsers/etc-hosts.ts';
import { systemInfo } from '../../../workers/tables/system_info.ts';
import { fixture, scan } from './run-table.ts';

const answers = { osquery_info: [{ uuid: 'kept-by-the-supervisor' }] };

/** An SMBIOS table with a system and two boards, whose strings are numbered in order. */
const dmi = (vendor: string): Buffer => {
  const structure = (type: number, strings: string): Buffer =>
    Buffer.concat([Buffer.from([type, 8, 0, 0, 1, 2, 3, 4]), Buffer.from(`${strings}\0\0`)]);
  return Buffer.concat([
    structure(1, `${vendor}\0Product\0Version\0Serial   `),
    structure(2, 'Board Vendor\0Board\0B1\0BS'),
    structure(2, 'Riser Vendor\0Riser\0R1\0RS'),
  ]);
};

const firmware = (vendor: string): object => ({
  sys: { firmware: { dmi: { tables: { DMI: dmi(vendor) } } } },
});

t.test('an Intel server of two sockets', async (t) => {
  t.strictSame(scan(systemInfo, { root: fixture('debian-12'), answers }).rows, [
    {
      hostname: 'web-01.example.org',
      computer_name: 'web-01',
      local_hostname: 'web-01.example.org',
      uuid: '4c4c4544-0042-3510-8051-c4c04f4a4e32',
      cpu_type: 'x86_64',
      cpu_subtype: '85',
      cpu_brand: 'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz',
      cpu_physical_cores: 2,
      cpu_logical_cores: 4,
      cpu_sockets: 2,
      cpu_microcode: '0x2007006',
      physical_memory: 8029560 * 1024,
    },
  ]);
});

t.test('an ARM board says less', async (t) => {
  t.match(scan(systemInfo, { root: fixture('raspberry-pi-os'), answers }).rows, [
    {
      hostname: 'raspberrypi',
      uuid: 'kept-by-the-supervisor',
      cpu_type: 'aarch64',
      cpu_subtype: '0',
      cpu_brand: undefined,
      cpu_physical_cores: 2,
      cpu_logical_cores: 2,
      cpu_sockets: undefined,
    },
  ]);
});

t.test('hardware names from the firmware, the first board being the main one', async (t) => {
  const names = (vendor: string): object | undefined =>
    scan(systemInfo, { root: t.testdir(firmware(vendor) as Record<string, never>) }).rows[0];
  t.match(names('Dell Inc.'), {
    hardware_vendor: 'Dell Inc.',
    hardware_model: 'Product',
    hardware_version: 'Version',
    hardware_serial: 'Serial',
    board_vendor: 'Board Vendor',
    board_model: 'Board',
    board_version: 'B1',
    board_serial: 'BS',
  });
  t.match(
    names('LENOVO'),
    { hardware_model: 'Version', hardware_version: 'Product' },
    'Lenovo swaps the two',
  );
});

t.test('the name of a host with its domain, as /etc/hosts tells it', async (t) => {
  const names = (hosts: string, hostname = 'Web-01'): unknown[] => {
    const root = t.testdir({ etc: { hosts }, proc: { sys: { kernel: { hostname: `${hostname}\n` } } } });
    const [row] = scan(systemInfo, { root, columns: ['hostname', 'local_hostname', 'computer_name'] }).rows;
    return [row?.hostname, row?.local_hostname, row?.computer_name];
  };
  const full = 'web-01.example.org';
  t.strictSame(names(`127.0.0.1 localhost\r\n127.0.1.1\t${full} web-01\r\n`), [full, full, 'Web-01']);
  t.strictSame(
    names(`::1 other web-01 # x\n127.0.1.1 ${full} web-01\n`)[0],
    'other',
    'the first line that has it',
  );
  t.strictSame(names(`127.0.1.1 ${full} # web-01\n10.0.0.1\n#`), ['Web-01', 'Web-01', 'Web-01']);
  t.strictSame(names('127.0.0.1 localhost', ''), ['', '', ''], 'a host without a name');
});

t.test('placeholder uuids identify no machine', async (t) => {
  for (const uuid of [
    '',
    '00000000-0000-0000-0000-000000000000',
    '03000200-0400-0500-0006-000700080009',
    '03020100-0504-0706-0809-0A0B0C0D0E0F',
    '10000000-0000-8000-0040-000000000000',
  ]) {
    const root = t.testdir({ sys: { class: { dmi: { id: { product_uuid: `${uuid}\n` } } } } });
    t.equal(scan(systemInfo, { root, answers }).rows[0]?.uuid, 'kept-by-the-supervisor', uuid);
  }
  t.equal(scan(systemInfo).rows[0]?.uuid, undefined, 'a supervisor that does not know either');
});

t.test('only the files of the columns in use are opened', async (t) => {
  const opened = (...columns: string[]): readonly string[] =>
    scan(systemInfo, { root: fixture('debian-12'), columns }).opened;
  t.strictSame(opened('hostname'), ['/proc/sys/kernel/hostname', '/etc/hosts']);
  t.strictSame(opened('computer_name'), ['/proc/sys/kernel/hostname']);
  t.strictSame(opened('cpu_brand'), ['/proc/cpuinfo']);
  t.strictSame(opened('cpu_type'), ['/proc/sys/kernel/arch']);
  t.strictSame(opened('physical_memory'), ['/proc/meminfo']);
  t.strictSame(opened('uuid'), ['/sys/class/dmi/id/product_uuid']);
});

const lines = (program: string, ...args: string[]): string | undefined => {
  const run = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  return run.status === 0 ? run.stdout.trim() : undefined;
};
const node = lines('uname', '-n');
const machine = lines('uname', '-m');
const processors = lines('nproc', '--all');
const missing = [node, machine, processors].includes(undefined);
t.test('agrees with uname and nproc', { skip: missing && 'needs uname and nproc' }, async (t) => {
  const [row] = scan(systemInfo, { root: '/' }).rows;
  t.strictSame(
    [row?.computer_name, row?.cpu_type, String(row?.cpu_logical_cores)],
    [node, machine, processors],
  );
});

const hosts = parseEtcHosts(readFileSync('/etc/hosts', 'utf8'));
// Asked of a host that this file does not know it would go to the network.
const full = node && canonicalHostName(hosts, node) && lines('hostname', '--fqdn');
t.test('agrees with hostname', { skip: !full && 'needs hostname and its line in /etc/hosts' }, async (t) => {
  t.equal(scan(systemInfo, { root: '/' }).rows[0]?.hostname, full);
});

const lscpu = lines('lscpu', '--json');
t.test('agrees with lscpu', { skip: lscpu === undefined && 'needs lscpu (util-linux)' }, async (t) => {
  const flat = (entries: { field: string; data: string; children?: never[] }[]): [string, string][] =>
    entries.flatMap(({ field, data, children = [] }) => [[field, data], ...flat(children)]);
  const said = new Map(flat(JSON.parse(lscpu ?? '{}').lscpu));
  if (said.get('Architecture:') !== 'x86_64') return;
  const [row] = scan(systemInfo, { root: '/' }).rows;
  const sockets = Number(said.get('Socket(s):'));
  t.strictSame(
    [row?.cpu_brand, row?.cpu_subtype, row?.cpu_sockets, row?.cpu_physical_cores],
    [said.get('Model name:'), said.get('Model:'), sockets, sockets * Number(said.get('Core(s) per socket:'))],
  );
});

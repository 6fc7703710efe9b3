import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import { efiCertificates } from '../../../workers/parsers/efi-signatures.ts';
import { apparmorProfiles } from '../../../workers/tables/apparmor_profiles.ts';
import { carbonBlackInfo } from '../../../workers/tables/carbon_black_info.ts';
import { carves } from '../../../workers/tables/carves.ts';
import { cpuid } from '../../../workers/tables/cpuid.ts';
import { msr } from '../../../workers/tables/msr.ts';
import { secureboot } from '../../../workers/tables/secureboot.ts';
import { securebootCertificates } from '../../../workers/tables/secureboot_certificates.ts';
import { selinuxSettings } from '../../../workers/tables/selinux_settings.ts';
import { makeIdentity, withoutOpenssl } from '../net/peers.ts';
import { scan, tree } from './run-table.ts';

const guid = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const efivars = (efi: Record<string, Buffer>): object => ({ sys: { firmware: { efi: { efivars: efi } } } });
const variable = (...bytes: number[]): Buffer => Buffer.from([6, 0, 0, 0, ...bytes]);

t.test('secureboot', async (t) => {
  const rows = (secureBoot: Buffer, setupMode: Buffer): unknown =>
    scan(secureboot, {
      root: tree(t, { ...efivars({ [`SecureBoot-${guid}`]: secureBoot, [`SetupMode-${guid}`]: setupMode }) }),
    }).rows.map(Object.values);
  t.strictSame(rows(variable(1), variable(0)), [[1, 0]]);
  t.strictSame(rows(variable(7), variable()), [[-1, undefined]]);
  t.strictSame(rows(Buffer.alloc(0), variable(1, 1)), [[undefined, undefined]]);
  t.strictSame(scan(secureboot).rows.map(Object.values), [[undefined, undefined]], 'no UEFI');
});

/** EFI_SIGNATURE_LIST of one kind (UEFI, 32.4.1). */
const signatures = (kind: string, ...data: readonly Buffer[]): Buffer => {
  const size = 16 + (data[0]?.length ?? 0);
  const header = Buffer.alloc(28);
  Buffer.from(kind, 'hex').copy(header);
  header.writeUInt32LE(28 + data.length * size, 16);
  header.writeUInt32LE(size, 24);
  return Buffer.concat([header, ...data.flatMap((each) => [Buffer.alloc(16, 7), each])]);
};
const x509 = 'a159c0a5e494a74a87b5ab155c2bf072';
const sha256 = '2616c4c14c509240aca941f936934328';

t.test('secureboot_certificates', { skip: withoutOpenssl }, async (t) => {
  const der = (subject: string): Buffer => new X509Certificate(makeIdentity(t, subject, []).cert).raw;
  const [allowed, revoked] = [der('/CN=Allowed/O=Maker'), der('/CN=Revoked')];
  const hashes = signatures(sha256, Buffer.alloc(32), Buffer.alloc(32, 1));
  const db = Buffer.concat([
    variable(),
    hashes,
    signatures(x509, allowed),
    signatures(x509, Buffer.alloc(50)),
  ]);
  const root = tree(t, {
    ...efivars({
      [`db-${guid}`]: db,
      [`dbx-${guid}`]: Buffer.concat([variable(), signatures(x509, revoked)]),
      [`dbDefault-${guid}`]: db,
    }),
  });
  const { rows } = scan(securebootCertificates, { root });
  t.match(rows, [
    {
      common_name: 'Allowed',
      subject: '/CN=Allowed/O=Maker',
      revoked: 0,
      is_ca: 1,
      self_signed: 1,
      key_strength: 'prime256v1',
    },
    { common_name: 'Revoked', revoked: 1, path: `/sys/firmware/efi/efivars/dbx-${guid}` },
  ]);
  t.strictSame(rows.length, 2);
  t.strictSame(
    Object.keys(rows[0] ?? {}).filter((column) => !(column in securebootCertificates.columns)),
    [],
  );
  for (let length = 0; length < db.length; length += 3)
    t.doesNotThrow(() => [...efiCertificates(db.subarray(0, length))]);
  for (let at = 0; at < 100; at += 1) {
    const damaged = Buffer.from(db);
    damaged[at] = 0xff;
    t.doesNotThrow(() => [...efiCertificates(damaged)]);
  }
  t.strictSame([...efiCertificates(new Uint8Array(1e6))], []);
  t.strictSame(scan(securebootCertificates).rows, []);
});

t.test('apparmor_profiles, those within others too', async (t) => {
  const profile = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    name: `${name}\n`,
    attach: `${name}\n`,
    mode: 'enforce\n',
    sha1: 'aa\n',
    ...more,
  });
  const profiles = {
    'usr.bin.man.1': profile('/usr/bin/man', { profiles: { 'man_filter.2': profile('man_filter') } }),
    'snap.2': profile('snap', { mode: 'complain\n', sha256: 'bb\n' }),
    gone: {},
  };
  const root = tree(t, { sys: { kernel: { security: { apparmor: { policy: { profiles } } } } } });
  const rows = (equals: Record<string, string[]> = {}): unknown[] =>
    scan(apparmorProfiles, { root, equals }).rows.map((row) => [
      row.path,
      row.name,
      row.mode,
      row.sha1,
      row.sha256,
    ]);
  const filter = ['/usr/bin/man//man_filter', 'man_filter', 'enforce', 'aa', undefined];
  t.strictSame(rows(), [
    ['snap', 'snap', 'complain', 'aa', 'bb'],
    ['/usr/bin/man', '/usr/bin/man', 'enforce', 'aa', undefined],
    filter,
  ]);
  t.strictSame(rows({ path: ['/usr/bin/man//man_filter'] }), [filter]);
  const { opened } = scan(apparmorProfiles, { root, columns: ['name'] });
  t.notOk(opened.some((path) => path.endsWith('/mode')));
  t.strictSame(scan(apparmorProfiles).rows, []);
});

t.test('selinux_settings', async (t) => {
  const selinux = {
    enforce: '1',
    mls: '0\n',
    policyvers: '33',
    booleans: { httpd_can_network: '1 1', changing: '0 1', zebra: '0 0' },
    policy_capabilities: { open_perms: '1' },
    initial_contexts: { kernel: 'system_u:system_r:kernel_t:s0\0' },
    class: { file: { index: '6', perms: { read: '2', append: '10' } } },
  };
  const root = tree(t, {
    proc: { mounts: 'proc /proc proc rw 0 0\nselinuxfs /sys/fs/selinux selinuxfs rw 0 0\n' },
    sys: { fs: { selinux } },
  });
  t.strictSame(scan(selinuxSettings, { root }).rows.map(Object.values), [
    ['', 'enforce', '1'],
    ['', 'mls', '0'],
    ['', 'policyvers', '33'],
    ['booleans', 'httpd_can_network', 'on'],
    ['booleans', 'zebra', 'off'],
    ['policy_capabilities', 'open_perms', '1'],
    ['initial_contexts', 'kernel', 'system_u:system_r:kernel_t:s0'],
    ['class', 'file/perms', 'append'],
    ['class', 'file/perms', 'read'],
  ]);
  t.strictSame(scan(selinuxSettings).rows, [], 'no SELinux');
});

t.test('carbon_black_info', async (t) => {
  const settings =
    '[CB]\nConfigName=Default%20of%20all\nCollectStoreFiles=1\nCollectProcesses=1\nCollectNetConns=x\nSensorBackendServer=https%3A//cb\n';
  const cb = {
    'sensor.id': '000000000000002a',
    'sensorsettings.ini': settings,
    events: '12345',
    store: { deep: { filedata: '123', metadata: '1', other: '999' }, eventlog_1: '12' },
  };
  const root = tree(t, { var: { lib: { cb } } });
  t.match(scan(carbonBlackInfo, { root }).rows, [
    {
      sensor_id: 42,
      config_name: 'Default of all',
      collect_store_files: 1,
      collect_processes: 1,
      collect_net_conns: undefined,
      collect_reg_mods: -1,
      sensor_backend_server: 'https://cb',
      protection_disabled: 0,
      event_queue: 7,
      binary_queue: 4,
    },
  ]);
  const torn = tree(t, { var: { lib: { cb: { 'sensor.id': 'x', 'sensorsettings.ini': '\0[CB' } } } });
  t.strictSame(scan(carbonBlackInfo, { root: torn }).rows, [
    { sensor_id: undefined, event_queue: 0, binary_queue: 0 },
  ]);
  t.strictSame(scan(carbonBlackInfo).rows, []);
});

t.test('carves is empty, and says why', async (t) => {
  t.match(scan(carves), { rows: [], warnings: [/does not carve files yet/] });
  t.match(scan(carves, { equals: { carve: ['1'] } }), { rows: [], warnings: [/nothing was collected/] });
});

t.test('msr: registers as numbers', async (t) => {
  const registers = Buffer.alloc(0x700);
  registers.writeBigUInt64LE(1n << 38n, 0x1a0);
  registers.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 0x1ad);
  registers.writeBigUInt64LE(0x1234_5678n, 0x199);
  const root = tree(t, {
    dev: { cpu: { '0': { msr: registers }, '10': { msr: Buffer.alloc(0x3a) }, microcode: '' } },
  });
  const { rows, warnings } = scan(msr, { root });
  t.match(rows, [
    { processor_number: 0, turbo_disabled: 1n, turbo_ratio_limit: -1n, perf_ctl: 0x5678n, platform_info: 0n },
    { processor_number: 10, turbo_disabled: undefined, feature_control: undefined },
  ]);
  t.strictSame(warnings, []);
  t.match(scan(msr), { rows: [], warnings: [/modprobe msr/] });
  const shut = tree(t, { dev: { cpu: { '0': { msr: {} } } } });
  t.match(
    scan(msr, { root: shut }),
    { rows: [], warnings: [/for root/] },
    'what cannot be opened has no row',
  );
});

const processor = (flags: string, family = 6): string =>
  `processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: ${family}\nmodel name\t: Intel(R) Xeon(R)\nflags\t\t: ${flags}\n\nprocessor\t: 1\n`;
const said = (
  rows: readonly { readonly feature?: unknown; readonly value?: unknown }[],
  feature: string,
): unknown => rows.find((row) => row.feature === feature)?.value;

t.test('cpuid as the kernel tells it', async (t) => {
  const root = tree(t, {
    proc: { cpuinfo: processor('fpu pae pni sse4_1 avx2 sha_ni hypervisor lahf_lm pdpe1gb lm', 25) },
  });
  const { rows } = scan(cpuid, { root });
  t.strictSame(
    ['vendor', 'product_name', 'family', 'pae', 'sse3', 'sse4.1', 'avx2', 'sha', 'sse2', 'svm'].map((name) =>
      said(rows, name),
    ),
    ['GenuineIntel', 'Intel(R) Xeon(R)', '0f00', '1', '1', '1', '1', '1', '0', '0'],
  );
  t.match(
    rows.find(({ feature }) => feature === 'svm'),
    { output_register: 'ecx', output_bit: 2, input_eax: '2147483649' },
  );
  t.strictSame(
    rows
      .filter(({ input_eax }) => input_eax === '2147483649')
      .map(({ feature, value, output_register, output_bit }) =>
        [feature, value, output_register, output_bit].join(' '),
      ),
    [
      'lahfsahf 1 ecx 0',
      'svm 0 ecx 2',
      '3dnowprefetch 0 ecx 8',
      'ibs 0 ecx 10',
      'skinit 0 ecx 12',
      'lwp 0 ecx 15',
      'nx 0 edx 20',
      'page1gb 1 edx 26',
      'lm 1 edx 29',
    ],
  );
  const arm = 'processor\t: 0\nFeatures\t: fp asimd\nCPU architecture: 8\n';
  t.strictSame(scan(cpuid, { root: tree(t, { proc: { cpuinfo: arm } }) }).rows, []);
  t.strictSame(scan(cpuid).rows, []);
});

const device = '/dev/cpu/0/cpuid';
const mayAsk = existsSync(device) && statSync(device).isCharacterDevice() && process.geteuid?.() === 0;
t.test(
  'the processor says what the kernel says of it',
  { skip: !mayAsk && 'needs root and the module cpuid' },
  async (t) => {
    const asked = scan(cpuid, { root: '/' }).rows;
    const root = tree(t, { proc: { cpuinfo: readFileSync('/proc/cpuinfo') } });
    const told = scan(cpuid, { root }).rows;
    t.ok(asked.length > told.length);
    for (const feature of ['vendor', 'product_name', 'family'])
      t.equal(String(said(asked, feature)).trim(), said(told, feature), feature);
    // The kernel leaves out what it does not use, and adds nothing of its own to these.
    for (const { feature, value } of told)
      if (value === '1' && feature !== 'spec_ctrl')
        t.equal(said(asked, String(feature)), '1', String(feature));
  },
);

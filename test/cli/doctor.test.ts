import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Finding } from '../../cli/doctor/finding.ts';
import { type Asset, judgeAsset } from '../../cli/doctor/judge-asset.ts';
import { judgeBackstop, judgeThrottle } from '../../cli/doctor/judge-cgroup.ts';
import { judgeDaemon } from '../../cli/doctor/judge-daemon.ts';
import { judgeLibatomic, judgeNode, judgePressure, judgeUser } from '../../cli/doctor/judge-host.ts';
import { judgeSandbox, judgeWorker } from '../../cli/doctor/judge-sandbox.ts';
import { runLeash } from '../../cli/leash-program.ts';
import type { HostFacts } from '../../platform/host-facts.ts';
import { testSandbox } from '../../platform/node/sandbox-self-test.ts';
import type { PathFacts } from '../../protocol/path-facts.ts';
import { fail, ok } from '../../protocol/result.ts';
import { noCost } from '../../protocol/run.ts';
import { embeddedOnly, fakeService, recordIo } from './harness.ts';

interface Host {
  readonly texts?: Readonly<Record<string, string>>;
  readonly paths?: Readonly<Record<string, Partial<Omit<PathFacts, 'path'>>>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly writable?: readonly string[];
}

const plain: Omit<PathFacts, 'path'> = {
  kind: 'file',
  uid: 0,
  gid: 0,
  mode: 0o600,
  links: 1,
  device: '1',
  inode: '1',
  mount: undefined,
};

/** Every component of a path without links. */
const wayTo = (path: string): readonly PathFacts[] =>
  path.split('/').map((_, index, names) => ({ ...plain, path: names.slice(0, index + 1).join('/') || '/' }));

const host = ({ texts = {}, paths = {}, links = {}, writable = [] }: Host): HostFacts => ({
  readText: (path) => texts[path],
  trail: (path) => {
    const target = links[path] ?? path;
    const link = target === path ? [] : [{ ...plain, path, kind: 'link' as const }];
    const components = [...link, ...wayTo(target)].flatMap((facts) => {
      const known = paths[facts.path];
      return known === undefined && facts.kind !== 'link' ? [] : [{ ...facts, ...known }];
    });
    const facts = components.at(-1);
    return facts?.path === target
      ? { path, components, end: { reached: true, facts, byLink: link.length > 0 } }
      : { path, components, end: { reached: false, component: target, problem: 'missing' } };
  },
  mayWrite: (path) => writable.includes(path),
});

const levelOf = (finding: Finding | undefined): string | undefined => finding?.level;
const directory = (mode: number, uid = 0) => ({ kind: 'directory', mode, uid }) as const;

t.test('Node, libatomic, user', async (t) => {
  t.equal(judgeNode('v26.10.0').level, 'ok');
  for (const version of ['v24.9.0', 'v27.0.0', '26', '']) t.equal(judgeNode(version).level, 'fail', version);
  const maps = '7f00-7f01 r--p 00000000 08:01 77    /usr/lib/libatomic.so.1.2.0\n';
  t.match(judgeLibatomic(maps), { level: 'ok', found: '/usr/lib/libatomic.so.1.2.0' });
  t.match(judgeLibatomic(undefined), { level: 'ok', found: /does not load/ });
  t.equal(judgeUser(0).level, 'ok');
  t.match(judgeUser(1000), { level: 'warn', remedy: /root/ });
});

t.test("the kernel's limits: version 1, 2 or none; writable or not", async (t) => {
  const own = (cgroup: string, mounts: readonly string[], writable: readonly string[] = [], offered = '') =>
    host({
      texts: {
        '/proc/self/cgroup': cgroup,
        '/proc/self/mountinfo': mounts.join('\n'),
        '/sys/fs/cgroup/system.slice/leash.service/cgroup.controllers': offered,
      },
      writable,
    });
  const none = own('', []);
  t.match(judgeBackstop(none), { level: 'warn', found: /^none; .*own watch alone/, remedy: /Delegate=yes/ });
  t.match(judgeThrottle(none), { level: 'ok', found: /^none; .*stopped and continued/ });

  const v1 = '12:cpu,cpuacct:/a\n4:memory:/b\n0::/\n';
  const mounts1 = ['memory', 'cpu'].map((name) => `1 1 0:1 / /cg/${name} rw - cgroup cgroup rw,${name}`);
  t.match(judgeBackstop(own(v1, mounts1)), {
    level: 'warn',
    found: /^version 1, \/cg\/memory\/b is not writable/,
  });
  t.match(judgeBackstop(own(v1, mounts1, ['/cg/memory/b'])), { level: 'ok', found: /is writable/ });
  t.match(judgeThrottle(own(v1, mounts1, ['/cg/memory/b'])), {
    found: /^version 1, .*stopped and continued/,
  });
  t.match(judgeThrottle(own(v1, mounts1, ['/cg/cpu/a'])), { found: 'version 1, /cg/cpu/a is writable' });

  const v2 = '0::/system.slice/leash.service\n';
  const mounts2 = ['1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup rw'];
  const procs = '/sys/fs/cgroup/system.slice/leash.service/cgroup.procs';
  t.match(judgeBackstop(own(v2, mounts2, [procs], 'memory pids')), { level: 'ok', found: /^version 2/ });
  t.match(judgeBackstop(own(v2, mounts2, [], 'memory pids')), { level: 'warn', found: /not writable/ });
  t.match(
    judgeThrottle(own(v2, mounts2, [procs], 'memory pids')),
    { found: /^none/ },
    'cpu is not handed on',
  );
});

t.test('pressure', async (t) => {
  t.equal(judgePressure(host({ texts: { '/proc/pressure/cpu': '', '/proc/pressure/io': '' } })).level, 'ok');
  t.match(judgePressure(host({})), { level: 'warn', found: /no PSI for cpu and io/, remedy: /psi=1/ });
});

t.test('what must be private', async (t) => {
  const asset: Asset = { name: 'guard.db', path: '/var/lib/leash/guard.db', rule: 'private_file' };
  const judge = (file: Partial<Omit<PathFacts, 'path'>>, parent = directory(0o700), uid = 0) =>
    judgeAsset(
      asset,
      uid,
      host({ paths: { '/var/lib/leash/guard.db': file, '/var/lib/leash': parent, '/': directory(0o755) } }),
    );
  t.equal(levelOf(judge({})), 'ok');
  t.match(judge({ mode: 0o640 }), {
    level: 'fail',
    found: /0640/,
    remedy: 'chmod 600 /var/lib/leash/guard.db',
  });
  t.match(judge({ uid: 5 }), {
    level: 'fail',
    found: /owner uid 5; required: owner root/,
    remedy: /chown 0/,
  });
  t.match(judge({ kind: 'directory' }), { level: 'fail', found: /a directory; required: a regular file/ });
  t.match(
    judge({}, directory(0o770)),
    { level: 'fail', remedy: 'chmod go-w /var/lib/leash' },
    'the way to it',
  );
  t.match(judge({}, directory(0o700, 5)), { level: 'fail', found: /leash: owner uid 5/ });
  t.equal(levelOf(judge({}, directory(0o1777))), 'ok', 'a sticky directory keeps names apart');
  t.equal(levelOf(judge({ uid: 7 }, directory(0o700, 7), 7)), 'ok', 'of the user who asks');
  t.equal(judgeAsset(asset, 0, host({})), undefined, 'comes and goes');
});

t.test('what is trusted', async (t) => {
  const whenMissing = { level: 'fail', remedy: 'npm ci' } as const;
  const asset: Asset = { name: 'bin/leash', path: '/p/bin/leash', rule: 'trusted_file', whenMissing };
  const judge = (mode: number, uid: number, owner = 0) =>
    judgeAsset(asset, uid, host({ paths: { '/p/bin/leash': { mode, uid: owner } } }));
  t.equal(levelOf(judge(0o755, 0)), 'ok');
  t.equal(levelOf(judge(0o755, 1000)), 'ok', 'a file of root is fine for everyone');
  t.match(judge(0o775, 0), { level: 'fail', remedy: 'chmod go-w /p/bin/leash' });
  t.equal(levelOf(judge(0o775, 1000)), 'warn', 'for a user, a checkout that a group may write is a hint');
  t.match(judge(0o755, 0, 1000), { level: 'fail' }, 'root must not run what another user can change');
  t.match(judgeAsset(asset, 0, host({})), { level: 'fail', found: /is not there/, remedy: 'npm ci' });
  const linked = host({
    paths: { '/p/bin/leash': {}, '/elsewhere/leash': { mode: 0o777 } },
    links: { '/p/bin/leash': '/elsewhere/leash' },
  });
  t.match(judgeAsset(asset, 0, linked), { level: 'fail', found: /elsewhere/ }, 'a link is followed');
});

t.test('the sandbox', async (t) => {
  const real = await testSandbox('pure');
  t.match(judgeSandbox('pure', real), { level: 'ok', found: /write.*socket$/ });
  const net = await testSandbox('net');
  t.match(judgeSandbox('net', net), {
    check: 'sandbox (net)',
    level: 'ok',
    found: /write, spawn.*; may open a socket$/,
  });
  t.equal(judgeSandbox('net', real).level, 'fail', 'one that may open no socket is of no use');
  t.equal(judgeSandbox('pure', net).level, 'fail', 'one that may is not pure');
  t.strictSame(real.ok && Object.keys(real.value).sort(), ['addon', 'socket', 'spawn', 'thread', 'write']);
  const leaky = judgeSandbox('pure', ok({ write: 'ERR_ACCESS_DENIED', spawn: 'succeeded' }));
  t.match(leaky, { level: 'fail', found: 'not denied: spawn (succeeded)' });
  t.equal(judgeSandbox('pure', ok({ write: 'ENOENT' })).level, 'fail', 'another error is no denial');
  t.match(judgeSandbox('pure', fail({ reason: 'not_run', message: 'bad option' })), {
    level: 'fail',
    found: 'bad option',
  });
  t.equal(judgeWorker({ cost: noCost, warnings: [] }).level, 'ok');
  const died = judgeWorker({
    failure: { reason: 'worker_died', message: 'it died' },
    cost: noCost,
    warnings: [],
  });
  t.match(died, { level: 'fail', found: 'it died' });
});

t.test('leash doctor on this machine', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'leash-doctor-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  const state = join(home, 'state');
  mkdirSync(state, { mode: 0o700 });
  writeFileSync(join(state, 'guard.db'), '', { mode: 0o600 });
  const argv = ['doctor', '--database_path', state, '--logger_path', join(home, 'log')];
  const service = fakeService({ 'SELECT 1': { columns: ['1'], batches: [[[1]]] } });
  const tools = { ...embeddedOnly(service), testSandbox };
  const run = async (...more: string[]) => {
    const io = recordIo();
    const code = await runLeash([...argv, ...more], io, tools);
    return { code, ...io.written };
  };
  const json = await run('--json');
  const findings = JSON.parse(json.out) as Finding[];
  for (const finding of findings) {
    t.match(finding, { check: /./, level: /^(ok|warn|fail)$/, found: /./ });
    if (finding.level !== 'ok') t.type(finding.remedy, 'string', `${finding.check} says what to do`);
  }
  const checks = findings.map(({ check }) => check);
  for (const check of [
    'node',
    'libatomic',
    'user',
    'cgroup memory',
    'cgroup cpu',
    'pressure',
    'sandbox',
    'sandbox (net)',
    'worker',
    'guard.db',
    'config',
    'bin/leashd',
    'node program',
  ]) {
    t.ok(checks.includes(check), `${check} is looked at`);
  }
  for (const check of ['node', 'sandbox', 'worker', 'guard.db']) {
    t.equal(findings.find((finding) => finding.check === check)?.level, 'ok', check);
  }

  chmodSync(join(state, 'guard.db'), 0o644);
  const open = await run();
  t.equal(open.code, 1, 'a failing check is an exit code');
  t.match(
    open.out,
    new RegExp(`^fail {2}guard\\.db .*mode 0644.*chmod 600 ${join(state, 'guard.db')}$`, 'm'),
  );
  t.equal(open.err, '');
});

t.test('a daemon that runs is asked about its leash', async (t) => {
  const asked = { pid: 7, watchdog_enabled: true, config_valid: true };
  t.match(judgeDaemon(asked), [{ check: 'watchdog', level: 'ok', found: /pid 7/ }]);
  t.match(judgeDaemon({ ...asked, watchdog_enabled: false, config_valid: false }), [
    { check: 'watchdog', level: 'warn', found: /WATCHDOG IS OFF/, remedy: /without --disable_watchdog/ },
    { check: 'reload', level: 'warn', found: /an older config is in force/ },
  ]);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { nodeProgramHost } from '../../../../platform/node/extension-files/program-host.ts';
import type { ProgramExit, ProgramStart, StartedProgram } from '../../../../platform/program-host.ts';
import { otherUid, runsAsRoot } from '../../../other-user.ts';
import { groundOf, listEnvironment } from '../../../supervisor/extensions/ground.ts';
import { cleanEnv } from '../../../system/daemon-harness.ts';

const ground = groundOf(t);

const start = async (
  path: string,
  options: Partial<ProgramStart> = {},
): Promise<{ readonly program: StartedProgram; readonly exit: Promise<ProgramExit> }> => {
  const exit = Promise.withResolvers<ProgramExit>();
  const opened = nodeProgramHost.open(path);
  const started = await opened.start({
    by: 'path',
    args: [],
    environment: { PATH: '/usr/bin:/bin' },
    store: '/var/lib/leash',
    mayGainPrivileges: false,
    exited: exit.resolve,
    ...options,
  });
  opened.close();
  if (!started.ok) throw new Error(started.error.message);
  return { program: started.value, exit: exit.promise };
};

const sh = (name: string, ...lines: readonly string[]): string =>
  ground.text(name, ['#!/bin/sh', ...lines, ''].join('\n'));

t.test('machine code runs through its descriptor under its own name, with nothing else open', async (t) => {
  const { exit } = await start('/bin/ls', { by: 'descriptor', args: ['-l', '/proc/self/fd'] });
  const { code, outputTail } = await exit;
  t.equal(code, 0);
  const open = outputTail
    .split('\n')
    .flatMap((line) => / (\d+) -> (.*)$/.exec(line)?.slice(1, 3).join(' ') ?? []);
  t.match(open, [
    /^0 \/dev\/null/,
    /^1 (socket|pipe)/,
    /^2 (socket|pipe)/,
    /^3 .*\/(ls|coreutils|busybox)$/,
    /^4 \/proc/,
  ]);
  t.equal(open.length, 5);
  const named = await start(realCat(), { by: 'descriptor', args: ['/proc/self/cmdline', '/proc/self/comm'] });
  t.match(
    (await named.exit).outputTail,
    new RegExp(`^${realCat()}\0.*\0.*\0\\d+\n$`),
    'its name is the path; comm is a number',
  );
});

const realCat = (): string =>
  execFileSync('/usr/bin/readlink', ['-f', '/bin/cat'], { encoding: 'utf8' }).trim();

t.test(
  'a script runs by its path, in a session of its own, with the environment that is listed',
  async (t) => {
    process.env.LEASH_TEST_SECRET = 'secret';
    t.teardown(() => delete process.env.LEASH_TEST_SECRET);
    const path = sh('x.ext', 'echo "$0 $1"', 'cut -d" " -f1,5,6 /proc/self/stat', 'pwd', listEnvironment);
    const { program, exit } = await start(path, {
      args: ['one'],
      environment: { PATH: '/usr/bin:/bin', TZ: 'UTC' },
    });
    const [name, ids = '', directory, ...environment] = (await exit).outputTail.trimEnd().split('\n');
    t.equal(name, `${path} one`);
    const [, group, session] = ids.split(' ');
    t.equal(group, String(program.identity.pid));
    t.equal(session, String(program.identity.pid));
    t.equal(directory, '/');
    t.strictSame(environment.map((line) => line.split('=', 1)[0]).toSorted(), ['LEASH_WORKER', 'PATH', 'TZ']);
    t.match(
      environment.find((line) => line.startsWith('LEASH_WORKER=')),
      new RegExp(`=${process.pid}\\.\\d+ /var/lib/leash$`),
    );
  },
);

t.test('an end is told with the last words, also while descendants hold the pipes', async (t) => {
  const path = sh('orphaning.ext', 'sleep 1000 &', 'echo out', 'echo last words >&2', 'exit 7');
  const { program, exit } = await start(path);
  const told = await exit;
  t.match(told, { code: 7, signal: null });
  t.match(told.outputTail, /last words/);
  t.equal(program.signalGroup('SIGKILL'), false, 'the number of its group may be another one by now');
  // The next supervisor would find it by the same mark.
  for (const pid of markedAs(process.pid)) process.kill(pid, 'SIGKILL');
});

/** Processes that bear the mark of a supervisor. */
const markedAs = (supervisor: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`LEASH_WORKER=${supervisor}.`);
      } catch {
        return false;
      }
    })
    .map(Number);

t.test('the whole group is signalled', async (t) => {
  const { program, exit } = await start(sh('group.ext', 'sleep 1000 &', 'echo begun', 'wait'));
  t.equal(program.signalGroup('SIGKILL'), true);
  t.match(await exit, { code: null, signal: 'SIGKILL' });
});

t.test('a flood is held back, and only its end is kept', async (t) => {
  const { program, exit } = await start(sh('flood.ext', 'exec yes "the same line of thirty-two chars"'));
  while (program.outputTail().length < 16 * 1024) await new Promise(setImmediate);
  t.equal(program.outputTail().length, 16 * 1024);
  program.signalGroup('SIGKILL');
  t.equal((await exit).outputTail.length, 16 * 1024);
});

t.test('what cannot be started says why', async (t) => {
  const { start: begin, close } = nodeProgramHost.open(ground.text('none.ext', '#!/nowhere/at/all\n'));
  const options = {
    by: 'path',
    args: [],
    environment: {},
    store: '',
    mayGainPrivileges: false,
    exited: () => undefined,
  } as const;
  t.match(await begin(options), {
    ok: false,
    error: { reason: 'not_started', message: /none\.ext cannot be started: .*ENOENT/ },
  });
  close();
  const gone = nodeProgramHost.open(ground.at('gone.ext'));
  t.match(await gone.start({ ...options, by: 'descriptor' }), {
    ok: false,
    error: { reason: 'not_started' },
  });
  gone.close();
});

t.test(
  'as another user, without any group of root',
  { skip: runsAsRoot ? false : 'only root may' },
  async (t) => {
    const options = { runAs: { uid: otherUid, gid: otherUid }, args: ['/proc/self/status'] };
    const { exit } = await start(realCat(), { ...options, by: 'descriptor' });
    const { outputTail } = await exit;
    const ids = [otherUid, otherUid, otherUid, otherUid].join('\\s+');
    t.match(outputTail, new RegExp(`^Uid:\\s+${ids}$`, 'm'));
    t.match(outputTail, new RegExp(`^Gid:\\s+${ids}$`, 'm'));
    t.match(outputTail, /^Groups:\s*$/m);
    t.match(outputTail, /^CapPrm:\s+0+$/m);
  },
);

t.test(
  'capabilities of a file cannot be seen before, but at once after',
  { skip: whyNoCapabilities() },
  async (t) => {
    const path = ground.at('capable.ext');
    execFileSync('cp', [realSleep(), path]);
    execFileSync('setcap', ['cap_net_raw+ep', path]);
    const runAs = { uid: otherUid, gid: otherUid };
    await t.rejects(
      start(path, { runAs, args: ['1000'], by: 'descriptor' }),
      /capabilities 0x2000.*setcap -r/s,
    );
    const allowed = await start(path, { runAs, args: ['1000'], by: 'descriptor', mayGainPrivileges: true });
    allowed.program.signalGroup('SIGKILL');
    t.match(await allowed.exit, { signal: 'SIGKILL' });
    execFileSync('setcap', ['-r', path]);
    const set = ground.elf('setuid.ext');
    execFileSync('cp', [realSleep(), set]);
    chownSync(set, 1234, 0);
    execFileSync('chmod', ['4755', set]);
    await t.rejects(
      start(set, { runAs, args: ['1000'], by: 'descriptor' }),
      /runs as uid 1234/,
      'nor is setuid missed',
    );
  },
);

function realSleep(): string {
  return execFileSync('/usr/bin/readlink', ['-f', '/bin/sleep'], { encoding: 'utf8' }).trim();
}

function whyNoCapabilities(): string | false {
  if (!runsAsRoot) return 'only root may';
  return spawnSync('setcap', ['-h']).error === undefined ? false : 'there is no setcap';
}

t.test('what our own starter left open is closed before', async (t) => {
  // A shell that leaves descriptor 251 open in Node, beyond those that Node finds by itself.
  const program = `
    const { closeInheritedDescriptors } = await import('./platform/node/extension-files/inherited-descriptors.ts');
    console.log(JSON.stringify([closeInheritedDescriptors(), closeInheritedDescriptors()]));`;
  const line = 'exec 251</dev/null; exec "$0" --input-type=module-typescript -e "$1"';
  const { stdout } = spawnSync('bash', ['-c', line, process.execPath, program], {
    env: cleanEnv(),
    encoding: 'utf8',
  });
  const [first = [], second] = JSON.parse(stdout) as number[][];
  t.ok(first.includes(251), `${first.join()} were closed`);
  t.strictSame(second, [], 'Node keeps nothing that a child would get');
  const mine = openSync('/dev/null', 'r');
  await (await start(sh('quiet.ext', 'exit 0'))).exit;
  closeSync(mine);
});

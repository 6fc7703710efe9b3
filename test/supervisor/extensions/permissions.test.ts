import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { ProgramExit } from '../../../platform/program-host.ts';
import type { ExtensionJudgement, ExtensionRules } from '../../../policies/extension-file/judge-extension.ts';
import { checkExtension, startChecked } from '../../../supervisor/extensions/open-checked.ts';
import { otherUid, otherUserRuns, runsAsRoot } from '../../other-user.ts';
import { cleanEnv } from '../../system/daemon-harness.ts';
import { Ground, groundOf, listEnvironment } from './ground.ts';
import { formatScenarios } from './scenarios/formats.ts';
import { mountScenarios } from './scenarios/mounts.ts';
import { rightsScenarios } from './scenarios/rights.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { wayScenarios } from './scenarios/ways.ts';

const scenarios = [...rightsScenarios, ...wayScenarios, ...formatScenarios];
const uid = process.getuid?.() ?? 0;
const all = groundOf(t);

const strict = (user: number, scenario: Scenario): ExtensionRules => ({
  uid: user,
  nameRule: true,
  allowUnsafe: false,
  ...scenario.rules,
});

/** Asks a process of another user. */
const askOther = async (): Promise<{
  readonly judge: (path: string, rules: object) => Promise<ExtensionJudgement>;
  readonly end: () => Promise<void>;
}> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'judge-as.ts')], {
    env: cleanEnv(),
    stdio: ['pipe', 'pipe', 'inherit'],
    uid: otherUid,
    gid: otherUid,
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    judge: async (path, rules) => {
      child.stdin.write(`${JSON.stringify({ path, rules })}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error('the other user gave no answer');
      return JSON.parse(answer.value) as ExtensionJudgement;
    },
    end: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
};

/** What `allow_unsafe` forgives; everything else cannot be started at all. */
const unsafe = /^(owner|writable|sticky|mode|privileges|user_mount) /;

const refusalsOf = (ground: Ground, { refusals }: ExtensionJudgement): readonly string[] =>
  refusals.map(({ rule, component }) => `${rule} ${ground.short(component)}`).toSorted();

/** Starts what passed: the judgement would be worth nothing if the kernel then said no. */
const runs = async (path: string, rules: ExtensionRules): Promise<ProgramExit | string> => {
  const exit = Promise.withResolvers<ProgramExit>();
  const { started } = await startChecked(nodeProgramHost, path, rules, {
    args: [],
    store: '',
    supervisorPid: process.pid,
    mark: 'test',
    timeZone: undefined,
    exited: exit.resolve,
  });
  return started.ok ? exit.promise : started.error.message;
};

t.test(`the table of ${scenarios.length} arrangements`, async (t) => {
  t.ok(scenarios.length + mountScenarios.length >= 60);
  const other = otherUserRuns ? await askOther() : undefined;
  if (runsAsRoot && !otherUserRuns) t.pass('as another user', { skip: 'the checkout is closed to others' });
  t.teardown(() => other?.end());
  let judged = 0;
  for (const [number, scenario] of scenarios.entries()) {
    if (scenario.needsRoot === true && !runsAsRoot) continue;
    const { name, make, refused, refusedToOther = refused, rules = {} } = scenario;
    const ground = new Ground(all.at(`${number}`));
    const path = make(ground);
    const own = checkExtension(nodeProgramHost, path, strict(uid, scenario)).judgement;
    t.strictSame(refusalsOf(ground, own), refused, `${name}: for the user who made it`);
    const lax = checkExtension(nodeProgramHost, path, { ...strict(uid, scenario), allowUnsafe: true });
    t.strictSame(
      refusalsOf(ground, lax.judgement),
      refused.filter((refusal) => !unsafe.test(refusal)),
      `${name}: with allow_unsafe`,
    );
    if (refused.length === 0) t.match(await runs(path, strict(uid, scenario)), { code: 0 }, `${name}: runs`);
    if (other !== undefined) {
      t.strictSame(
        refusalsOf(ground, await other.judge(path, rules)),
        refusedToOther,
        `${name}: for another user`,
      );
    }
    judged += 1;
  }
  t.comment(`${judged} arrangements as ${otherUserRuns ? 'root and as an unprivileged user' : 'this user'}`);
});

t.test('allow_unsafe starts what is merely unsafe, and what it forgave is told', async (t) => {
  const ground = new Ground(all.at('lax'));
  const rules = { uid, nameRule: true, allowUnsafe: true };
  const path = ground.elf('x.ext', 0o777);
  t.match(await runs(path, rules), { code: 0 });
  const { refusals, overridden } = checkExtension(nodeProgramHost, path, rules).judgement;
  t.strictSame(refusals, []);
  t.match(overridden, [{ rule: 'mode', component: path, actual: 'mode 0777' }]);
  t.match(await runs(path, { ...rules, allowUnsafe: false }), /x\.ext is not started: .*chmod go-w/);
});

t.test('an extension knows these variables and no others', async (t) => {
  const ground = new Ground(all.at('environment'));
  const path = ground.text('x.ext', `#!/bin/sh\n${listEnvironment}\n`);
  const exit = await runs(path, { uid, nameRule: true, allowUnsafe: false });
  const text = typeof exit === 'string' ? exit : exit.outputTail;
  const variables = text.trimEnd().split('\n').toSorted();
  t.match(variables, [
    'HOME=/',
    'LANG=C.UTF-8',
    'LEASH_EXTENSION=test',
    /^LEASH_WORKER=/,
    `OSQUERY_EXTENSION=${process.pid}`,
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ]);
  t.equal(variables.length, 6);
});

const whyNoMounts = otherUserRuns ? false : 'needs root, and a checkout that others may read';

t.test('mounts', { skip: whyNoMounts }, async (t) => {
  const probe = new Ground(all.at('probe'));
  try {
    probe.directory('mount');
    probe.run('mount', '-t', 'tmpfs', 'tmpfs', probe.at('mount'));
    probe.run('umount', probe.at('mount'));
  } catch {
    t.pass('mounts', { skip: 'this host does not let root mount' });
    return;
  }
  const other = await askOther();
  t.teardown(() => other.end());
  for (const [number, scenario] of mountScenarios.entries()) {
    const ground = new Ground(all.at(`mount${number}`));
    try {
      const path = scenario.make(ground);
      const own = checkExtension(nodeProgramHost, path, strict(uid, scenario)).judgement;
      t.strictSame(refusalsOf(ground, own), scenario.refused, `${scenario.name}: for root`);
      t.strictSame(
        refusalsOf(ground, await other.judge(path, {})),
        scenario.refusedToOther ?? scenario.refused,
        `${scenario.name}: for another user`,
      );
    } finally {
      scenario.undo?.(ground);
    }
  }
});

/** Tags of linux/posix_acl.h; an entry is tag, rights, and the id of a named user. */
const acl = { owner: 1, user: 2, group: 4, mask: 16, others: 32 };
const everyId = 0xffffffff;

/** Writes an access list by hand (linux/posix_acl_xattr.h): Node cannot, and setfacl(1) is rarely there. */
const setAcl = (
  path: string,
  kind: 'access' | 'default',
  entries: readonly (readonly number[])[],
): boolean => {
  const bytes = Buffer.alloc(4 + 8 * entries.length);
  bytes.writeUInt32LE(2);
  for (const [index, [tag = 0, rights = 0, id = everyId]] of entries.entries()) {
    bytes.writeUInt16LE(tag, 4 + 8 * index);
    bytes.writeUInt16LE(rights, 6 + 8 * index);
    bytes.writeUInt32LE(id, 8 + 8 * index);
  }
  const program = 'import os,sys; os.setxattr(sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]))';
  const name = `system.posix_acl_${kind}`;
  return spawnSync('python3', ['-c', program, path, name, bytes.toString('hex')]).status === 0;
};

t.test("lists of rights: what they grant shows in the group's bits", async (t) => {
  const ground = new Ground(all.at('acl'));
  const list = (user: number, mask: number) => [
    [acl.owner, 7],
    [acl.user, user, 1234],
    [acl.group, 5],
    [acl.mask, mask],
    [acl.others, 5],
  ];
  const path = ground.elf('x.ext');
  if (!setAcl(path, 'access', list(7, 7))) {
    t.pass('lists', { skip: 'no python3 to write a list with, or a file system without lists' });
    return;
  }
  const judged = (): readonly string[] =>
    refusalsOf(
      ground,
      checkExtension(nodeProgramHost, path, { uid, nameRule: true, allowUnsafe: false }).judgement,
    );
  t.strictSame(judged(), ['mode x.ext'], 'a named user may write');
  chmodSync(path, 0o755);
  t.strictSame(judged(), [], 'the remedy takes the right from everybody in the list');
  setAcl(path, 'access', list(7, 5));
  t.strictSame(judged(), [], 'the mask takes it back');
  setAcl(ground.root, 'default', list(7, 7));
  t.strictSame(judged(), [], 'for files that are to come');
  setAcl(ground.root, 'access', list(7, 7));
  t.strictSame(judged(), ['writable .'], 'a named user may write the directory');
});

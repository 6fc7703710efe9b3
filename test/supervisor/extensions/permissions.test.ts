import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { ProgramExit } from '../../../platform/program-host.ts';
import type { ExtensionJudgement, ExtensionRules } from '../../../policies/extension-file/judge-extension.ts';
import { checkExtension, startChecked } from '../../../supervisor/extensions/open-checked.ts';
import { cleanEnv } from '../../system/daemon-harness.ts';
import { Ground, otherUid, runsAsRoot, safeDirectory } from './ground.ts';
import { mountScenarios, type Scenario, scenarios } from './scenarios.ts';

const uid = process.getuid?.() ?? 0;
const base = safeDirectory();
if (base === undefined) {
  t.pass('no directory of this user is safe by itself', { skip: 'HOME is writable for others' });
  process.exit();
}
const all = new Ground(base);
t.teardown(() => all.remove());

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

const refusalsOf = (ground: Ground, { refusals }: ExtensionJudgement): readonly string[] =>
  refusals.map(({ rule, component }) => `${rule} ${ground.short(component)}`).toSorted();

/** Starts what passed: the judgement would be worth nothing if the kernel then said no. */
const runs = async (path: string, rules: ExtensionRules): Promise<ProgramExit | string> => {
  const exit = Promise.withResolvers<ProgramExit>();
  const { started } = await startChecked(nodeProgramHost, path, rules, {
    args: [],
    store: '',
    supervisorPid: process.pid,
    timeZone: undefined,
    exited: exit.resolve,
  });
  return started.ok ? exit.promise : started.error.message;
};

t.test(`the table of ${scenarios.length} arrangements`, async (t) => {
  t.ok(scenarios.length + mountScenarios.length >= 60);
  const other = runsAsRoot ? await askOther() : undefined;
  t.teardown(() => other?.end());
  let judged = 0;
  for (const [number, scenario] of scenarios.entries()) {
    if (scenario.needsRoot === true && !runsAsRoot) continue;
    const { name, make, refused, refusedToOther = refused, rules = {} } = scenario;
    const ground = new Ground(all.at(`${number}`));
    const path = make(ground);
    const own = checkExtension(nodeProgramHost, path, strict(uid, scenario)).judgement;
    t.strictSame(refusalsOf(ground, own), refused, `${name}: for the user who made it`);
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
  t.comment(`${judged} arrangements as ${runsAsRoot ? 'root and as an unprivileged user' : 'this user'}`);
});

t.test('mounts', { skip: runsAsRoot ? false : 'only root may mount' }, async (t) => {
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

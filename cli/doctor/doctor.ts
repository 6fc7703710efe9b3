import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { nodeProgramHost } from '../../platform/node/extension-files/program-host.ts';
import { nodeHostFacts } from '../../platform/node/host-facts.ts';
import type { SandboxReport, SelfTestFailure } from '../../platform/node/sandbox-self-test.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { type WorkerProfile, workerProfiles } from '../../protocol/worker-profile.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { daemonPaths } from '../../supervisor/daemon-paths.ts';
import { checkExtension } from '../../supervisor/extensions/open-checked.ts';
import { thisCaller } from '../caller.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';
import { packageFile } from '../package-files.ts';
import type { Openers } from '../query-service.ts';
import { assetsOf } from './assets.ts';
import { extensionFindings } from './extension-findings.ts';
import type { Finding, FindingLevel } from './finding.ts';
import { judgeAsset } from './judge-asset.ts';
import { judgeBackstop, judgeThrottle } from './judge-cgroup.ts';
import { judgeDaemon } from './judge-daemon.ts';
import { judgeLibatomic, judgeNode, judgePressure, judgeUser } from './judge-host.ts';
import { judgeSandbox, judgeWorker } from './judge-sandbox.ts';

/** Options of `leash doctor`: the daemon's own flags, where it is not at its usual places. */
export interface DoctorOptions {
  readonly json?: boolean;
  /** Only this extension is looked at, and nothing is started. */
  readonly extension?: string;
  readonly config_path?: string;
  readonly database_path?: string;
  readonly logger_path?: string;
}

/** What the self tests start. */
export interface DoctorTools extends Pick<Openers, 'connect' | 'startEmbedded'> {
  readonly testSandbox: (profile: WorkerProfile) => Promise<Result<SandboxReport, SelfTestFailure>>;
}

/** `leash doctor`: what is right and wrong with host and installation. Exit code 1 when something fails. */
export const doctor = async (options: DoctorOptions, io: CommandIo, tools: DoctorTools): Promise<number> => {
  if (options.extension !== undefined) return report(findingsAbout(options.extension), options, io);
  const flags = flagsOf(options);
  if (!flags.ok) return complain(io, flags.error);
  const findings = [
    ...hostFindings(),
    ...(await selfTests(tools)),
    ...(await daemonFindings(flags.value, tools)),
    ...assetFindings(flags.value),
  ];
  return report(findings, options, io);
};

const report = (findings: readonly Finding[], { json }: DoctorOptions, io: CommandIo): number => {
  io.out(json === true ? `${JSON.stringify(findings, null, 2)}\n` : describe(findings, io.colours));
  return findings.some(({ level }) => level === 'fail') ? 1 : 0;
};

const findingsAbout = (extension: string): readonly Finding[] => {
  const { uid } = thisCaller();
  const rules = { uid, nameRule: true, allowUnsafe: false };
  return extensionFindings(checkExtension(nodeProgramHost, resolve(extension), rules), uid);
};

const flagsOf = (options: DoctorOptions): Result<Flags, string> => {
  let flags = new Flags();
  for (const name of ['config_path', 'database_path', 'logger_path'] as const) {
    const set = flags.with(name, options[name] ?? flags.text(name), 'command line');
    if (!set.ok) return fail(set.error.message);
    flags = set.value;
  }
  return ok(flags);
};

const hostFindings = (): readonly Finding[] => [
  judgeNode(process.version),
  judgeLibatomic(nodeHostFacts.readText('/proc/self/maps')),
  judgeUser(thisCaller().uid),
  judgeBackstop(nodeHostFacts),
  judgeThrottle(nodeHostFacts),
  judgePressure(nodeHostFacts),
];

const selfTests = async ({ startEmbedded, testSandbox }: DoctorTools): Promise<readonly Finding[]> => {
  const sandboxes: Finding[] = [];
  for (const profile of workerProfiles) sandboxes.push(judgeSandbox(profile, await testSandbox(profile)));
  const service = await startEmbedded();
  if (!service.ok) return [...sandboxes, { check: 'worker', level: 'fail', found: service.error.message }];
  const outcome = await service.value.query('SELECT 1', { columns: () => {}, rows: () => {} });
  await service.value.close();
  return [...sandboxes, judgeWorker(outcome)];
};

/** Of the daemon that runs at these places; nothing when none answers. */
const daemonFindings = async (flags: Flags, { connect }: DoctorTools): Promise<readonly Finding[]> => {
  const client = await connect(daemonPaths(flags, thisCaller()).control);
  if (!client.ok) return [];
  const status = await client.value.status();
  await client.value.close();
  return status.ok ? judgeDaemon(status.value) : [];
};

const assetFindings = (flags: Flags): readonly Finding[] => {
  const caller = thisCaller();
  const assets = assetsOf({
    paths: daemonPaths(flags, caller),
    configPath: flags.text('config_path'),
    node: process.execPath,
    packageFile,
  });
  return assets
    .map((asset) => judgeAsset(asset, caller.uid, nodeHostFacts))
    .filter((finding) => finding !== undefined);
};

const levelColours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

const describe = (findings: readonly Finding[], colours: boolean): string => {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const paint = (level: FindingLevel): string => {
    const word = level.padEnd(4);
    return colours ? styleText(levelColours[level], word, { validateStream: false }) : word;
  };
  return findings
    .map(({ check, level, found, remedy }) => {
      const what = remedy === undefined ? found : `${found}. To do: ${remedy}`;
      return `${paint(level)}  ${check.padEnd(width)}  ${terminalText(what)}\n`;
    })
    .join('');
};

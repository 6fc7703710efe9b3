import { spawn } from 'node:child_process';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import { streamOf } from './spawned-child.ts';
import { workerFlags } from './worker-flags.ts';

/** How each attempt to break out of the sandbox ended: the error's code, or `succeeded`. */
export type SandboxReport = Readonly<Record<string, string>>;

export type SelfTestFailure = Failure<'not_run'>;

/** Enough for one small script. */
const heap_mb = 64;
const patience_ms = 20_000;

/**
 * Does what a worker must never do. Where the sandbox does not hold, nothing is harmed: the file is /dev/null, the
 * program is /bin/true, and the socket leads nowhere.
 */
const probe = `
const attempts = {
  write: () => require('node:fs').closeSync(require('node:fs').openSync('/dev/null', 'w')),
  spawn: () => require('node:child_process').spawnSync('/bin/true'),
  thread: () => new (require('node:worker_threads').Worker)('', { eval: true, execArgv: [] }),
  addon: () => process.dlopen({ exports: {} }, '/dev/null'),
  socket: () => new Promise((resolve, reject) =>
    require('node:net').connect('/dev/null').once('connect', resolve).once('error', (error) =>
      error.code === 'ERR_ACCESS_DENIED' ? reject(error) : resolve())),
};
(async () => {
  const report = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try { await attempt(); report[name] = 'succeeded'; } catch (error) { report[name] = error.code ?? String(error); }
  }
  process.stdout.write(JSON.stringify(report));
})();
`;

/** Starts Node with a worker's own flags; reports what it was kept from. */
export const testSandbox = (profile: WorkerProfile): Promise<Result<SandboxReport, SelfTestFailure>> =>
  new Promise((resolve) => {
    const flags = workerFlags({ oldSpace_mb: heap_mb, profile });
    const child = spawn(process.execPath, [...flags, '-e', probe], {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patience_ms,
      killSignal: 'SIGKILL',
    });
    let [answer, complaint] = ['', ''];
    streamOf(child, 1)
      ?.setEncoding('utf8')
      .on('data', (text: string) => (answer += text));
    streamOf(child, 2)
      ?.setEncoding('utf8')
      .on('data', (text: string) => (complaint += text));
    child.on('error', (error) => resolve(fail({ reason: 'not_run', message: error.message })));
    child.on('close', (code) => {
      const report = parseReport(answer);
      if (report !== undefined) return resolve(ok(report));
      const why = complaint.trim().split('\n').at(-1) ?? '';
      resolve(fail({ reason: 'not_run', message: `a sandboxed Node ended with ${code}: ${why}` }));
    });
  });

const parseReport = (text: string): SandboxReport | undefined => {
  try {
    return JSON.parse(text) as SandboxReport;
  } catch {
    return undefined;
  }
};

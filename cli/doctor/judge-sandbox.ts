import type { SandboxReport, SelfTestFailure } from '../../platform/node/sandbox-self-test.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { Result } from '../../protocol/result.ts';
import type { Finding } from './finding.ts';

const reinstall = 'reinstall with npm ci and start Leash through bin/';

/** What Node answers to what the permission model, or `--no-addons`, forbids. */
const denied: ReadonlySet<string> = new Set(['ERR_ACCESS_DENIED', 'ERR_DLOPEN_DISABLED']);

/** Judges what a Node with a worker's flags could do: nothing of it may have worked. */
export const judgeSandbox = (report: Result<SandboxReport, SelfTestFailure>): Finding => {
  const check = 'sandbox';
  if (!report.ok) return { check, level: 'fail', found: report.error.message, remedy: reinstall };
  const escaped = Object.entries(report.value).filter(([, how]) => !denied.has(how));
  if (escaped.length === 0) {
    return { check, level: 'ok', found: `denied: ${Object.keys(report.value).join(', ')}` };
  }
  const how = escaped.map(([name, code]) => `${name} (${code})`).join(', ');
  return { check, level: 'fail', found: `not denied: ${how}`, remedy: reinstall };
};

/** Judges a query that a worker was given. */
export const judgeWorker = (outcome: QueryOutcome): Finding => {
  const check = 'worker';
  if (outcome.failure === undefined) {
    return { check, level: 'ok', found: `answered a query in ${outcome.cost.wall_ms.toFixed(1)} ms` };
  }
  return { check, level: 'fail', found: outcome.failure.message, remedy: 'run: npm ci, then npm run build' };
};

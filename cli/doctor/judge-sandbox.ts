import type { SandboxReport, SelfTestFailure } from '../../platform/node/sandbox-self-test.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { Result } from '../../protocol/result.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { Finding } from './finding.ts';

const reinstall = 'reinstall with npm ci and start Leash through bin/';

/** What Node answers to what the permission model, or `--no-addons`, forbids. */
const denied: ReadonlySet<string> = new Set(['ERR_ACCESS_DENIED', 'ERR_DLOPEN_DISABLED']);

/**
 * Judges what a Node with the flags of a worker could do: nothing of it may have worked, but for the socket of a worker
 * of profile `net`, which must have.
 */
export const judgeSandbox = (
  profile: WorkerProfile,
  report: Result<SandboxReport, SelfTestFailure>,
): Finding => {
  const check = profile === 'pure' ? 'sandbox' : `sandbox (${profile})`;
  if (!report.ok) return { check, level: 'fail', found: report.error.message, remedy: reinstall };
  const { socket, ...others } = report.value;
  const forbidden = profile === 'net' ? others : report.value;
  if (profile === 'net' && socket !== 'succeeded') {
    const found = `no socket can be opened (${socket ?? 'not tried'}), so tables that need one fail`;
    return { check, level: 'fail', found, remedy: reinstall };
  }
  const escaped = Object.entries(forbidden).filter(([, how]) => !denied.has(how));
  if (escaped.length === 0) {
    const may = profile === 'net' ? '; may open a socket' : '';
    return { check, level: 'ok', found: `denied: ${Object.keys(forbidden).join(', ')}${may}` };
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

import type { HostFacts } from '../../platform/host-facts.ts';
import type { Finding } from './finding.ts';

/** Node's major version that Leash is made for. */
const requiredNode = 26;

/** `version` as in process.version, `v26.10.0`. */
export const judgeNode = (version: string): Finding => {
  const major = Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
  if (major === requiredNode) return { check: 'node', level: 'ok', found: version };
  return {
    check: 'node',
    level: 'fail',
    found: `${version}; workers need Node ${requiredNode}, the only one that can deny them the network`,
    remedy: 'npm ci brings it; start Leash through bin/',
  };
};

/** Node 26 links libatomic, which a small distribution may not have. `maps` is /proc/self/maps. */
export const judgeLibatomic = (maps: string | undefined): Finding => {
  const path = /\s(\/\S*libatomic\.so\S*)/.exec(maps ?? '')?.[1];
  if (path !== undefined) return { check: 'libatomic', level: 'ok', found: path };
  return { check: 'libatomic', level: 'ok', found: 'this Node does not load it' };
};

/** What a daemon of this user sees. */
export const judgeUser = (uid: number): Finding =>
  uid === 0
    ? { check: 'user', level: 'ok', found: 'root: every process and file is visible' }
    : {
        check: 'user',
        level: 'warn',
        found: `uid ${uid}: rows that the kernel shows to root alone are missing`,
        remedy: 'run leashd as root to see all',
      };

/** Pressure stall information tells a slow query from a slow host. */
export const judgePressure = (facts: HostFacts): Finding => {
  const missing = ['cpu', 'io'].filter((name) => facts.readText(`/proc/pressure/${name}`) === undefined);
  if (missing.length === 0) return { check: 'pressure', level: 'ok', found: 'PSI for CPU and I/O' };
  return {
    check: 'pressure',
    level: 'warn',
    found: `no PSI for ${missing.join(' and ')}: a query that is late because the host is busy looks guilty`,
    remedy: 'boot with psi=1',
  };
};

import type { WorkerProfile } from '../../protocol/worker-profile.ts';

/** What a worker may use of V8's heap, in MiB, and what else it may do; `pure` when absent. */
export interface WorkerFlagOptions {
  readonly oldSpace_mb: number;
  readonly profile?: WorkerProfile;
}

/**
 * Node's flags for a worker. They must stand on the command line: NODE_OPTIONS is scrubbed, and the young
 * generation cannot be resized later.
 */
export const workerFlags = ({ oldSpace_mb, profile }: WorkerFlagOptions): readonly string[] => [
  // Everything is denied but reading: no writes, children, addons, worker threads, WASI, inspector, sockets.
  '--permission',
  '--allow-fs-read=*',
  ...(profile === 'net' ? ['--allow-net'] : []),
  '--no-addons',
  '--disallow-code-generation-from-strings',
  // SIGUSR1 would open the inspector's port.
  '--disable-sigusr1',
  // A worker at work otherwise holds 18 MB of young generation that it does not need.
  '--max-semi-space-size=1',
  `--max-old-space-size=${oldSpace_mb}`,
  '--expose-gc',
  // A catastrophic pattern is taken over by the linear engine instead of blocking the process.
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
  // Our WebAssembly comes with us; a function is checked when it is compiled, at its first call: 10 ms less to start.
  '--wasm-lazy-validation',
];

/**
 * Preloaded into a daemon that is measured (node --expose-gc --import heap-probe.ts): answers each message of its parent
 * with the heap that is left after a forced collection. It changes nothing else.
 */
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ heapUsed_bytes: heapUsed, external_bytes: external });
});
// It waits for questions, but does not keep the daemon alive.
process.channel?.unref();

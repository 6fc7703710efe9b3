import { nodeClock } from '../platform/node/clock.ts';
import { networkToDrop } from '../platform/node/drop-network.ts';
import { createHostFiles } from '../platform/node/host-files/door.ts';
import { createHostFacts } from '../platform/node/host-files/process-facts.ts';
import { pathExists } from '../platform/node/path-exists.ts';
import { createExtensionClient } from '../platform/node/thrift/extension-client.ts';
import { keepLine } from '../platform/node/thrift/kept-line.ts';
import { createExtensionServing } from '../platform/node/thrift/serve-extension.ts';
import type { Extension } from './extension.ts';
import { parseServeArguments } from './life/arguments.ts';
import { type ExtensionHost, runExtension } from './life/run-extension.ts';
import type { ScanHost } from './plugins/scan-table.ts';

/** osquery's `read_max`. */
const readMax_bytes = 50 * 1024 * 1024;

/** The file door of a process that nobody counts: the host's files without budgets. */
export const scanServices = (): Pick<ScanHost, 'files' | 'host'> => ({
  files: createHostFiles({
    root: '/',
    readMax_bytes,
    budget: { read_bytes: Number.POSITIVE_INFINITY, paths: Number.POSITIVE_INFINITY },
  }),
  host: createHostFacts(),
});

/** What `serve` may be told besides. */
export interface ServeOptions {
  /** Arguments of the program; those of this process when absent. */
  readonly argv?: readonly string[];
}

/**
 * Serves an extension: registers with the manager that `--socket` names, answers its calls, and ends the process when
 * the manager is gone or ends it, with osquery's exit codes. 0: the manager ended it or is gone, or SIGTERM came. 1: it
 * could not be registered, or is registered no more. Nothing that comes after the call is run.
 */
export const serve = async (extension: Extension, options: ServeOptions = {}): Promise<never> => {
  const say = (message: string): void => void process.stderr.write(`${extension.name}: ${message}\n`);
  const settings = parseServeArguments(options.argv ?? process.argv.slice(2));
  if (!settings.ok) {
    say(settings.error.message);
    return process.exit(1);
  }
  const { verbose } = settings.value;
  const host = processHost(say, (message) => {
    if (verbose) say(message);
  });
  const { code, why } = await runExtension(extension, settings.value, host);
  if (verbose || code !== 0) say(`ends: ${why}`);
  return process.exit(code);
};

const processHost = (log: ExtensionHost['log'], trace: ExtensionHost['trace']): ExtensionHost => ({
  ...scanServices(),
  clock: nodeClock,
  client: createExtensionClient(nodeClock),
  serving: createExtensionServing(nodeClock),
  keepLine: (path) => keepLine(nodeClock, path),
  exists: pathExists,
  dropNetwork: networkToDrop(),
  onStop: (stop) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(`${signal} came`));
  },
  log,
  trace,
});

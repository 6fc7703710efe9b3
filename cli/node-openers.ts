import { nodeClock } from '../platform/node/clock.ts';
import { ok } from '../protocol/result.ts';
import { Flags } from '../supervisor/config/flags.ts';
import { hostConfigReader } from '../supervisor/configuration.ts';
import { startEmbedded } from '../supervisor/embedded.ts';
import { shellConfig } from '../supervisor/shell-config.ts';
import { thisCaller, usualControls } from './caller.ts';
import { connectToDaemon } from './control-client.ts';
import { endOnSignal } from './end-on-signal.ts';
import { terminalText } from './output/terminal-text.ts';
import type { Openers } from './query-service.ts';
import { openManager } from './shell/manager-service.ts';

/** The real daemon and the real supervisor in this process. */
export const nodeOpeners = (flags: Flags = new Flags()): Openers => ({
  connect: (path) => connectToDaemon(path),
  connectManager: async (path) => {
    // Thrift is for those who ask for it.
    const { createExtensionClient } = await import('../platform/node/thrift/extension-client.ts');
    return openManager(path, createExtensionClient(nodeClock));
  },
  startEmbedded: async () => {
    const caller = thisCaller();
    const config = shellConfig(flags, hostConfigReader(flags, caller.uid));
    for (const problem of config.refusal ?? []) sayOnStderr('warning', `The config is not used: ${problem}.`);
    const wanted = flags.text('extension') === '' ? {} : { extensionFor: caller };
    const started = await startEmbedded({ config, log: sayOnStderr, ...wanted });
    return started.ok ? ok(endOnSignal(started.value)) : started;
  },
  usualControls: usualControls(thisCaller()),
});

/** What goes as it should is not told to a shell. */
const sayOnStderr = (severity: 'info' | 'warning' | 'error', message: string): void => {
  if (severity === 'info') return;
  process.stderr.write(`${severity === 'error' ? 'Error' : 'Warning'}: ${terminalText(message)}\n`);
};

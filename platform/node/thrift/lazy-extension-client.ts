import type { Clock } from '../../clock.ts';
import type { ExtensionClient } from '../../extension-wire.ts';

/** The client of extensions; what speaks their protocol is loaded at the first call, since most daemons never make one. */
export const lazyExtensionClient = (clock: Clock): ExtensionClient => {
  let loading: Promise<ExtensionClient> | undefined;
  const client = (): Promise<ExtensionClient> =>
    (loading ??= import('./extension-client.ts').then((loaded) => loaded.createExtensionClient(clock)));
  return {
    call: async (path, call, bounds) => (await client()).call(path, call, bounds),
    rows: async function* (path, call, bounds) {
      return yield* (await client()).rows(path, call, bounds);
    },
  };
};

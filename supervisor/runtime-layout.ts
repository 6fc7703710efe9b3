import { fileURLToPath } from 'node:url';

/** Where the parts of an installation lie, for sources that run as they are and for bundles. */
export interface RuntimeLayout {
  readonly workerEntry: string;
  readonly ledgerEntry: string;
}

/** `moduleUrl` is the `import.meta.url` of a module of supervisor/ or of a bundle in dist/. */
export const runtimeLayout = (moduleUrl: string): RuntimeLayout => {
  const here = (path: string): string => fileURLToPath(new URL(path, moduleUrl));
  return moduleUrl.endsWith('.ts')
    ? { workerEntry: here('../workers/main.ts'), ledgerEntry: here('./ledger/ledger-thread.ts') }
    : { workerEntry: here('./worker.js'), ledgerEntry: here('./ledger-thread.js') };
};

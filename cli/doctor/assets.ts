import { join } from 'node:path';
import type { DaemonPaths } from '../../supervisor/daemon-paths.ts';
import type { Asset } from './judge-asset.ts';

/** What of Leash lies where on this host. */
export interface AssetPlaces {
  readonly paths: DaemonPaths;
  readonly configPath: string;
  /** The Node that runs this. */
  readonly node: string;
  /** Path of a file of the package. */
  readonly packageFile: (name: string) => string;
}

const databases = ['guard.db', 'results.db', 'lock.db'];
const launchers = ['bin/leash', 'bin/leashd', 'bin/leashi'];
const bundles = ['leash.js', 'leashd.js', 'leashi.js', 'ledger-thread.js', 'worker.js', 'sqlite3.wasm'];

/** Everything whose permissions matter, in the order in which a person reads it. */
export const assetsOf = ({ paths, configPath, node, packageFile }: AssetPlaces): readonly Asset[] => [
  {
    name: 'state directory',
    path: paths.state,
    rule: 'private_directory',
    whenMissing: { level: 'ok', remedy: 'nothing, the first start makes it' },
  },
  ...databases.flatMap((name) =>
    ['', '-wal', '-shm'].map((suffix): Asset => {
      const file = `${name}${suffix}`;
      return { name: file, path: join(paths.state, file), rule: 'private_file' };
    }),
  ),
  { name: 'log directory', path: paths.logs, rule: 'owned_directory' },
  { name: 'control socket', path: paths.control, rule: 'private_socket' },
  {
    name: 'config',
    path: configPath,
    rule: 'trusted_file',
    whenMissing: { level: 'warn', remedy: 'name one with --config_path, or use leash start' },
  },
  ...launchers.map((name): Asset => trusted(name, packageFile(name), 'npm ci')),
  ...bundles.map((name): Asset => trusted(`dist/${name}`, packageFile(`dist/${name}`), 'npm run build')),
  trusted('node program', node, 'npm ci'),
];

const trusted = (name: string, path: string, command: string): Asset => ({
  name,
  path,
  rule: 'trusted_file',
  whenMissing: { level: 'fail', remedy: `run: ${command}` },
});

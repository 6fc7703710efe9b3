import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** What a JavaScript extension may do, by the manifest beside it. What is not named is denied. */
export interface ExtensionManifest {
  /** Files and directories (with everything below) that it may read and write; `*` is everything. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Sockets besides those that it speaks with the daemon by. */
  readonly net: boolean;
  /** Programs. What it starts is held by nothing of this. */
  readonly childProcess: boolean;
  /** Threads. A thread can be started without these restrictions. */
  readonly worker: boolean;
  /** Machine code, which no permission of Node holds. */
  readonly addons: boolean;
}

export type ManifestFailure = Failure<'not_json' | 'bad_manifest'>;

/** A manifest is a few lines. */
export const manifestMax_bytes: number = 64 * 1024;

const pathMembers = ['read', 'write'] as const;
const switches = ['net', 'childProcess', 'worker', 'addons'] as const;
const mostPaths = 256;

/**
 * Where the manifest of a program would be: `hello.leash.json` for `hello.mjs`; undefined for what is no JavaScript by
 * its name. `file` is the file itself, no link to it.
 */
export const manifestPath = (file: string): string | undefined => {
  const stem = /^(.*\/[^/]+)\.[cm]?[jt]s$/.exec(file)?.[1];
  return stem === undefined ? undefined : `${stem}.leash.json`;
};

/** Reads a manifest. Paths are absolute, or relative to `directory`, in which it lies. */
export const parseManifest = (
  text: string,
  directory: string,
): Result<ExtensionManifest, ManifestFailure> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_json', message: `no JSON: ${why}` });
  }
  if (!isObject(value)) return bad('no JSON object');
  const known: readonly string[] = [...pathMembers, ...switches];
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) return bad(`the member ${JSON.stringify(unknown.slice(0, 64))} is not known`);
  const wrongSwitch = switches.find((name) => !['boolean', 'undefined'].includes(typeof value[name]));
  if (wrongSwitch !== undefined) return bad(`${wrongSwitch} is neither true nor false`);
  const read = pathsOf('read', value.read, directory);
  if (!read.ok) return read;
  const write = pathsOf('write', value.write, directory);
  if (!write.ok) return write;
  return ok({
    read: read.value,
    write: write.value,
    net: value.net === true,
    childProcess: value.childProcess === true,
    worker: value.worker === true,
    addons: value.addons === true,
  });
};

const pathsOf = (
  member: string,
  value: unknown = [],
  directory: string,
): Result<readonly string[], ManifestFailure> => {
  if (!Array.isArray(value) || value.length > mostPaths)
    return bad(`${member} is no list of ${mostPaths} paths at most`);
  const paths: string[] = [];
  for (const path of value) {
    // A star inside would mean to Node what nobody meant.
    if (typeof path !== 'string' || path === '' || (path !== '*' && /[*\0]/.test(path)))
      return bad(`${member} has ${JSON.stringify(path)?.slice(0, 64)}, which is neither a path nor '*'`);
    paths.push(path === '*' ? path : absolute(path, directory));
  }
  return ok(paths);
};

/** As path.resolve does it; this folder knows no modules. */
const absolute = (path: string, directory: string): string => {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
};

/** What an extension with a manifest is started with. */
export interface PermittedStart {
  readonly manifest: ExtensionManifest;
  /** The file itself, no link to it. */
  readonly file: string;
  /** Of its manager; the extension's own begins with the same text. */
  readonly socket: string | undefined;
}

/**
 * Arguments of Node 26 for an extension, up to its own file. Without more in the manifest it reads its own directory and
 * finds its sockets. `--allow-net` stands there in any case: without it Node opens no Unix socket either, and knows no
 * finer grain; an extension without `net` gives the right up when it serves.
 */
export const permissionArguments = ({ manifest, file, socket }: PermittedStart): readonly string[] => [
  '--permission',
  '--allow-net',
  ...[directoryOf(file), ...(socket === undefined ? [] : [`${socket}*`]), ...manifest.read].map(
    (path) => `--allow-fs-read=${path}`,
  ),
  ...manifest.write.map((path) => `--allow-fs-write=${path}`),
  ...(manifest.childProcess ? ['--allow-child-process'] : []),
  ...(manifest.worker ? ['--allow-worker'] : []),
  manifest.addons ? '--allow-addons' : '--no-addons',
  // SIGUSR1 would open the inspector's port.
  '--disable-sigusr1',
  // Of --allow-net.
  '--disable-warning=ExperimentalWarning',
  file,
];

/** What a manifest comes to, for a person. */
export const describeManifest = (manifest: ExtensionManifest, file: string): string => {
  const named = (paths: readonly string[]): string => (paths.length === 0 ? 'nothing' : paths.join(', '));
  const may = switches.filter((name) => manifest[name]);
  const not = switches.filter((name) => !manifest[name]);
  return [
    `reads ${named([directoryOf(file), ...manifest.read])}`,
    `writes ${named(manifest.write)}`,
    ...(may.length > 0 ? [`may: ${may.join(', ')}`] : []),
    ...(not.length > 0 ? [`may not: ${not.join(', ')}`] : []),
  ].join('; ');
};

/** The directory that a file with an absolute path lies in. */
export const directoryOf = (file: string): string => file.slice(0, file.lastIndexOf('/')) || '/';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bad = (message: string): { readonly ok: false; readonly error: ManifestFailure } =>
  fail({ reason: 'bad_manifest', message });

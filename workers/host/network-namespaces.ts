import type { HostFiles } from '../../protocol/host-files.ts';

/** A network namespace, and the directories in /proc of the processes in it that were seen. */
export interface NetworkNamespace {
  /** Inode number that stands for it, as `ip netns` and `lsns` show it; 0 when the kernel tells none. */
  readonly id: string;
  readonly directories: readonly string[];
}

/** The id of the one namespace of a kernel without namespaces. */
export const untold = '0';

/**
 * The network namespaces (network_namespaces(7)) of these processes. A process that ended, or whose namespace the
 * kernel does not show to this user, adds none; a namespace without a process cannot be seen at all. On a kernel
 * without namespaces it is one, with the id 0.
 */
export const networkNamespaces = (files: HostFiles, pids: readonly string[]): NetworkNamespace[] => {
  const directories = new Map<string, string[]>();
  for (const pid of pids) {
    const directory = `/proc/${pid}`;
    const id = namespaceId(files, directory);
    if (id === untold) continue;
    const known = directories.get(id);
    if (known === undefined) directories.set(id, [directory]);
    else known.push(directory);
  }
  if (directories.size === 0 && namespaceId(files, '/proc/self') === untold)
    directories.set(untold, ['/proc/self']);
  return [...directories].map(([id, known]) => ({ id, directories: known }));
};

/** The link reads `net:[4026531840]`. */
const namespaceId = (files: HostFiles, directory: string): string =>
  /^net:\[(\d+)\]$/.exec(files.readLink(`${directory}/ns/net`) ?? '')?.[1] ?? untold;

/**
 * Text of a file below `net/` as the processes of a namespace see it, empty when there is none there (a protocol that
 * the kernel lacks). When the process that it is read from ended meanwhile, another one of the namespace serves.
 */
export const readNetworkFile = (files: HostFiles, namespace: NetworkNamespace, name: string): string => {
  for (const directory of namespace.directories) {
    const content = files.readText(`${directory}/net/${name}`);
    if (content !== undefined) return content;
    if (namespaceId(files, directory) === namespace.id) return '';
  }
  return '';
};

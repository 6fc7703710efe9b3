/** What /etc/redhat-release says, e.g. `CentOS Linux release 7.9.2009 (Core)`. */
export interface RedhatRelease {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/**
 * Reads the one line of /etc/redhat-release, or of /etc/gentoo-release, which has the same form. Undefined without a `major.minor` version (Fedora and CentOS Stream
 * write a single number): os-release says more then.
 */
export const parseRedhatRelease = (content: string): RedhatRelease | undefined => {
  const [, name, major, minor, patch] =
    /^\s*([\w+][\w+ ]*) release (\d+)\.(\d+)(?:\.(\d+))?/.exec(content) ?? [];
  if (name === undefined) return undefined;
  return { name, major: Number(major), minor: Number(minor), patch: Number(patch ?? 0) };
};

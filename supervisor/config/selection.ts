import { createHash } from 'node:crypto';

/** What `platform`, `version` and `shard` are compared with. */
export interface HostFacts {
  readonly hostname: string;
  /** The osquery version whose behaviour Leash follows, e.g. `5.19.0`. */
  readonly osqueryVersion: string;
}

/** A query or pack that names the hosts it is for. */
export interface Selective {
  readonly platform?: string | undefined;
  readonly version?: string | undefined;
  readonly shard?: number | undefined;
}

/** Is this query or pack for this host? */
export const appliesHere = (chosen: Selective, host: HostFacts): boolean =>
  matchesPlatform(chosen.platform ?? '') &&
  matchesVersion(chosen.version ?? '', host.osqueryVersion) &&
  (chosen.shard === undefined || chosen.shard === 0 || chosen.shard >= shardOf(host.hostname));

/** Those of a source's packs that are for this host, as far as platform, version and shard decide. */
export const packsHere = <Loaded extends { readonly pack: Selective }>(
  { packs }: { readonly packs: readonly Loaded[] },
  host: HostFacts,
): readonly Loaded[] => packs.filter(({ pack }) => appliesHere(pack, host));

/** osquery looks for the names anywhere in the text, so that comma lists work. */
const matchesPlatform = (platform: string): boolean =>
  platform === '' || platform === 'null' || /any|all|linux|ubuntu|centos|posix/.test(platform);

const matchesVersion = (least: string, have: string): boolean => {
  if (least === '' || least === 'null') return true;
  const [wanted, here] = [least, have].map((version) =>
    version.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (const [index, part] of (wanted ?? []).entries()) {
    const mine = here?.[index] ?? 0;
    if (mine !== part) return mine > part;
  }
  return true;
};

/** A host's place among a hundred: the first byte of the SHA-1 of its name, scaled. */
const shardOf = (hostname: string): number =>
  Math.floor(((createHash('sha1').update(hostname).digest()[0] ?? 0) * 100) / 255);

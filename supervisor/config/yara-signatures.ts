import { type HostFacts, packsHere } from './selection.ts';
import type { LoadedSource } from './sources.ts';

/** Rule files by group, as the config names them. */
export type YaraSignatures = ReadonlyMap<string, readonly string[]>;

/**
 * Puts `yara.signatures` of all sources and of their packs for this host together; a later group replaces an equally
 * named one. The files are read by whoever scans with them.
 */
export const yaraSignatures = (sources: readonly LoadedSource[], host: HostFacts): YaraSignatures =>
  new Map(
    sources
      .flatMap((source) => [source.config, ...packsHere(source, host).map(({ pack }) => pack)])
      .flatMap(({ yara }) => Object.entries(yara?.signatures ?? {})),
  );

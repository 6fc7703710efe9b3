import { readConfigFile } from '../../../platform/node/config-files.ts';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { Flags } from '../../config/flags.ts';
import { whyUnsafe } from '../../own-files.ts';
import { findCandidates } from '../candidates.ts';

/** The extensions that the flags name. */
export interface WantedExtensions {
  readonly extensions: readonly { readonly path: string; readonly nameRule: boolean }[];
  /** Sentences for the log, without a full stop. */
  readonly problems: readonly string[];
  /** Somebody named a shared socket: extensions of others are expected. */
  readonly expectsOthers: boolean;
}

const nobody: WantedExtensions = { extensions: [], problems: [], expectsOthers: false };

/**
 * What `extensions_autoload` and `extension` come to on this host. A list that is not there means that there are none,
 * unless somebody named it; one that others could have written is not believed.
 */
export const wantedExtensions = (flags: Flags, uid: number): WantedExtensions => {
  if (flags.bool('disable_extensions')) return nobody;
  const named = flags.text('extension');
  const direct = named === '' ? [] : [{ path: named, nameRule: false }];
  const expectsOthers = flags.origin('extensions_socket') !== 'default';
  const listed = autoloaded(flags, uid);
  return { ...listed, extensions: [...listed.extensions, ...direct], expectsOthers };
};

const autoloaded = (flags: Flags, uid: number): Pick<WantedExtensions, 'extensions' | 'problems'> => {
  const list = flags.text('extensions_autoload');
  const allowUnsafe = flags.bool('allow_unsafe');
  if (list === '') return nobody;
  const read = readConfigFile(list, (trail) => {
    if (!trail.end.reached && trail.end.problem === 'missing') return undefined;
    return allowUnsafe ? undefined : whyUnsafe(trail, uid, 'trusted_file');
  });
  if ('problem' in read) {
    const isUsual = flags.origin('extensions_autoload') === 'default' && read.problem === noFile;
    return isUsual
      ? nobody
      : { extensions: [], problems: [`${list} is not read: expected a file, found ${read.problem}`] };
  }
  const { candidates, problems } = findCandidates(read.text, nodeProgramHost, {
    uid,
    nameRule: true,
    allowUnsafe,
  });
  return { extensions: candidates.map(({ path }) => ({ path, nameRule: true })), problems };
};

/** As `readConfigFile` words it. */
const noFile = 'no file of this name';

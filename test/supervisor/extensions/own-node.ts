import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import { checkExtension } from '../../../supervisor/extensions/open-checked.ts';
import { whyNoGround } from './ground.ts';

const rules = { uid: process.getuid?.() ?? 0, nameRule: false, allowUnsafe: false };

/** Why no extension can be run that the Node of this checkout interprets: from below /tmp, for one, it is refused. */
export const whyNoNodeExtension = (): string | undefined =>
  whyNoGround() ??
  (checkExtension(nodeProgramHost, process.execPath, rules).judgement.refusals.length === 0
    ? undefined
    : 'the Node of this checkout lies where others may write');

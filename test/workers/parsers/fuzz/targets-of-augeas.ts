import { knownFiles } from '../../../../workers/parsers/augeas/known-files.ts';
import { readTree } from '../../../../workers/parsers/augeas/lens.ts';
import { type FuzzTarget, textTarget } from './target.ts';

const lenses = new Map(knownFiles.toReversed().map(({ path, lens }) => [lens, path]));

/** Every lens of workers/parsers/augeas, by the name of the file or directory that it is known for. */
export const targetsOfAugeas: readonly FuzzTarget[] = [...lenses].map(([lens, path]) =>
  textTarget(
    `augeas-${path.replace('/etc/', '').replace('/*', '').replaceAll('/', '-')}`,
    ['augeas'],
    (text) => readTree(lens, text),
  ),
);

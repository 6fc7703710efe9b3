import type { ActorStatus } from './types.ts';

/** Prints what `ActorSystem.status()` tells as a tree, one actor a line. */
export const formatActorTree = (actors: readonly ActorStatus[]): string => {
  const childrenOf = Map.groupBy(actors, ({ path }) => path.slice(0, path.lastIndexOf('/')));
  const below = (path: string, indent: string): readonly string[] => {
    const children = childrenOf.get(path) ?? [];
    return children.flatMap((child, index) => {
      const last = index === children.length - 1;
      const name = child.path.slice(path.length + 1);
      return [
        `${indent}${last ? '└─ ' : '├─ '}${name}${told(child)}`,
        ...below(child.path, `${indent}${last ? '   ' : '│  '}`),
      ];
    });
  };
  const tops = childrenOf.get('') ?? [];
  return tops.flatMap((top) => [`${top.path}${told(top)}`, ...below(top.path, '')]).join('\n');
};

/** Only what is worth a word: an actor that runs, keeps up and has never died is its name. */
const told = (actor: ActorStatus): string => {
  const words = [
    actor.note,
    actor.state === 'stopping' ? 'stopping' : '',
    actor.restarts > 0 ? `restarted ${actor.restarts}×` : '',
    actor.mailbox_depth > 0 ? `${actor.mailbox_depth} of ${actor.mailbox_capacity} waiting` : '',
    actor.dropped > 0 ? `${actor.dropped} dropped` : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : `  ${words.join(', ')}`;
};

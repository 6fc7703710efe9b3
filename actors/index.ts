/** The library: everything a program needs to be made of actors. */
export { dynamicSupervisor } from './dynamic-supervisor.ts';
export { supervisor } from './supervisor.ts';
export { createActorSystem } from './system.ts';
export { formatActorTree } from './tree.ts';
export type * from './types.ts';

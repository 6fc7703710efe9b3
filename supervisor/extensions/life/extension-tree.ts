import { supervisor } from '../../../actors/supervisor.ts';
import type { ActorRef, ActorSystem, Behaviour, ChildSpec } from '../../../actors/types.ts';
import type { ExtensionServing } from '../../../platform/extension-wire.ts';
import type { Door } from '../check-registration.ts';
import { extensionManager, type ManagerDeps, type ManagerMessage } from '../manager.ts';
import { type OpenDoor, openDoor } from '../open-door.ts';
import type { RegistryEffect } from '../registry.ts';
import { type ExtensionDeps, extensionActor } from './extension-actor.ts';
import type { ManagedExtension } from './managed-extension.ts';
import type { ExtensionMessage } from './messages.ts';
import { type ProbeDeps, type ProbeMessage, probes } from './probes.ts';

/** What the extensions of a daemon need, all together. */
export interface TreeDeps extends Omit<ExtensionDeps, 'openDoor' | 'withdraw'> {
  readonly system: ActorSystem;
  readonly serving: ExtensionServing;
  readonly manager: Omit<ManagerDeps, 'changed'>;
  readonly probes: Pick<ProbeDeps, 'interval_ms' | 'answer_ms'>;
  readonly extensions: readonly ManagedExtension[];
  /** Where extensions that others started register. */
  readonly shared: Door;
}

/** The actors, as they are now: a crash replaces them. */
interface Refs {
  manager: ActorRef<ManagerMessage> | undefined;
  probes: ActorRef<ProbeMessage> | undefined;
  readonly actors: Map<string, ActorRef<ExtensionMessage>>;
}

/** The running extensions. */
export interface ExtensionTree {
  manager(): ActorRef<ManagerMessage> | undefined;
  /** The actor of the extension whose door this is. */
  actor(door: Door): ActorRef<ExtensionMessage> | undefined;
  /** Ends them all in order; resolves when nothing of them is left. */
  retire(): Promise<void>;
}

/** Longer than an extension may take to end in order, and its family to be killed. */
const retire_ms = 15_000;

/**
 * Starts manager, probes, the shared door and one actor an extension. rest_for_one: what is registered is known to the
 * manager alone, so without it everybody begins anew; an extension's own actor that crashes begins anew alone.
 */
export const startExtensionTree = (deps: TreeDeps): ExtensionTree => {
  const { system, extensions } = deps;
  const refs: Refs = { manager: undefined, probes: undefined, actors: new Map() };
  const always = { restart: 'permanent', backoff: { first_ms: 100, max_ms: 30_000, jitter: 0.2 } } as const;
  const often = { intensity: 5, period_ms: 60_000 };
  const managed = extensions.map(
    (extension): ChildSpec => ({
      id: String(extension.number),
      ...always,
      start: (context) => {
        const actor = context.spawn(extensionActor(extension, actorDeps(deps, refs)));
        refs.actors.set(extension.door.path, actor);
        return actor;
      },
    }),
  );
  system.supervise('extensions', {
    strategy: 'rest_for_one',
    ...often,
    children: [
      { id: 'manager', ...always, start: (context) => (refs.manager = context.spawn(managerOf(deps, refs))) },
      { id: 'probes', ...always, start: (context) => (refs.probes = context.spawn(probesOf(deps, refs))) },
      { id: 'shared_door', ...always, start: (context) => context.spawn(sharedDoor(deps, refs)) },
      {
        id: 'managed',
        ...always,
        start: (context) =>
          context.spawn(supervisor({ strategy: 'one_for_one', ...often, children: managed })),
      },
    ],
  });
  return {
    manager: () => refs.manager,
    actor: ({ path }) => refs.actors.get(path),
    retire: async () => {
      const asked = [...refs.actors.values()].map((actor) =>
        system.ask<ExtensionMessage, 'ended'>(actor, (replyTo) => ({ type: 'retire', replyTo }), retire_ms),
      );
      await Promise.all(asked);
    },
  };
};

const managerOf = (deps: TreeDeps, refs: Refs): Behaviour<ManagerMessage, unknown> => {
  // One that begins anew knows of nobody.
  deps.roster.attach(new Map());
  return extensionManager({
    ...deps.manager,
    changed: (effect, registry) => {
      deps.roster.attach(registry.registrations);
      changed(deps, refs, effect);
    },
  });
};

const changed = ({ log }: TreeDeps, refs: Refs, effect: RegistryEffect): void => {
  // Who probes has found and told it; the rest is read off the roster.
  if (effect.kind === 'tables_changed') return;
  const { registration } = effect;
  const { uuid, door, info, plugins } = registration;
  const owner = refs.actors.get(door.path);
  const whose = door.kind === 'shared' ? `'${info.name}' (unwatched: others started it)` : `'${info.name}'`;
  if (effect.kind === 'attached') {
    refs.probes?.tell({ type: 'attached', registration });
    owner?.tell({ type: 'registered' });
    const brings = plugins.map(({ registry, name }) => `${registry} ${name}`).join(', ');
    return log('info', `Extension ${whose} registered as ${uuid}: ${brings}.`);
  }
  refs.probes?.tell({ type: 'detached', uuid });
  owner?.tell({ type: 'withdrawn' });
  return log('info', `Extension ${whose}, ${uuid}, is registered no more (${effect.reason}).`);
};

const probesOf = (
  { client, log, timeout_ms, probes: own }: TreeDeps,
  { manager }: Refs,
): Behaviour<ProbeMessage, unknown> => {
  if (manager === undefined) throw new Error('the manager starts first');
  return probes({ ...own, client, manager, timeout_ms, log });
};

const doorOf =
  (deps: TreeDeps, refs: Refs) =>
  (door: Door): ReturnType<typeof openDoor> => {
    const { system, serving, log } = deps;
    if (refs.manager === undefined) throw new Error('the manager starts first');
    return openDoor(
      {
        system,
        manager: refs.manager,
        serving,
        hungUp: ({ path }, reason, message) =>
          log('warning', `A client of ${path} was hung up on (${reason}): ${message}.`),
      },
      door,
    );
  };

const actorDeps = (deps: TreeDeps, refs: Refs): ExtensionDeps => ({
  ...deps,
  openDoor: doorOf(deps, refs),
  withdraw: (door) => {
    for (const { uuid } of deps.roster.registeredBy(door.path)) refs.manager?.tell({ type: 'gone', uuid });
  },
});

type SharedMessage = { readonly type: 'opened'; readonly door: OpenDoor };

/** Holds the shared socket open while it lives; without one (somebody else has it) managed extensions go on. */
const sharedDoor = (deps: TreeDeps, refs: Refs): Behaviour<SharedMessage, OpenDoor | undefined> => {
  const { shared, log, roster } = deps;
  const failed = (error: unknown): void => log('error', `${shared.path}: ${String(error)}.`);
  const close = (door: OpenDoor | undefined): void => void door?.close().catch(failed);
  const life = { ended: false };
  return {
    init: ({ self }) => {
      doorOf(
        deps,
        refs,
      )(shared)
        .then((opened) => {
          if (!opened.ok)
            return log('warning', `Extensions of others cannot register: ${opened.error.message}`);
          if (life.ended) return close(opened.value);
          roster.sharedSocket = shared.path;
          self.tell({ type: 'opened', door: opened.value });
        })
        .catch(failed);
      return undefined;
    },
    receive: (_, { door }) => door,
    stopped: (door) => {
      life.ended = true;
      roster.sharedSocket = '';
      close(door);
    },
  };
};

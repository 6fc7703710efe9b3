import type { ActorRef } from '../../../actors/types.ts';
import type { FamilyEnd, HeldFamily } from '../../../platform/process-family.ts';
import type { ProgramExit, StartedProgram } from '../../../platform/program-host.ts';
import type { ExtensionLife } from '../../../protocol/extension/life.ts';
import type { FamilySample } from '../../../protocol/family-sample.ts';
import type { Finding } from '../../watchdog/judge.ts';
import type { OpenDoor } from '../open-door.ts';
import type { FamilyWatch } from './family-watch.ts';
import type { TimerKey } from './life-state.ts';

/** To the actor that owns one managed extension. The first group comes from what it began itself. */
export type ExtensionMessage =
  | { readonly type: 'launched'; readonly lifeId: string; readonly outcome: LaunchOutcome }
  | { readonly type: 'exited'; readonly lifeId: string; readonly exit: ProgramExit }
  | { readonly type: 'sampled'; readonly lifeId: string; readonly sample: FamilySample }
  | { readonly type: 'said_goodbye'; readonly lifeId: string }
  | { readonly type: 'family_ended'; readonly lifeId: string; readonly end: FamilyEnd }
  | { readonly type: 'timer'; readonly key: TimerKey }
  // From the manager: something came by its door, or was taken off.
  | { readonly type: 'registered' | 'withdrawn' }
  /** A query's deadline came while it waited for this extension. */
  | { readonly type: 'hung'; readonly finding: Finding }
  /** The daemon stops: it is told when nothing of the extension is left. */
  | { readonly type: 'retire'; readonly replyTo: ActorRef<'ended'> };

/** What came of a start. A door stays open from its first opening on, whatever the file comes to. */
export interface LaunchOutcome {
  readonly door: OpenDoor | undefined;
  /** What `allow_unsafe` let pass; empty: nothing. */
  readonly unsafe: string;
  readonly result:
    | { readonly kind: 'started'; readonly living: Living }
    | { readonly kind: 'refused' | 'not_started'; readonly message: string };
}

/** An extension's process with those who hold it to its budget. */
export interface Living {
  readonly life: ExtensionLife;
  readonly program: StartedProgram;
  readonly family: HeldFamily;
  readonly watch: FamilyWatch;
}

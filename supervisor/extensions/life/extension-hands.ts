import type { ActorRef, Context } from '../../../actors/types.ts';
import type { ExtensionClient } from '../../../platform/extension-wire.ts';
import type { ProgramExit } from '../../../platform/program-host.ts';
import type { Judgement } from '../../../policies/judgement.ts';
import { extensionScope } from '../../../protocol/extension/life.ts';
import { controlLimits } from '../../../protocol/extension/wire-limits.ts';
import type { FamilySample } from '../../../protocol/family-sample.ts';
import type { ProcessIdentity } from '../../../protocol/sample.ts';
import type { Denylist } from '../../denylist/denylist.ts';
import type { Finding, Judge } from '../../watchdog/judge.ts';
import { describeExit, lastLines } from '../../workforce/run-end.ts';
import type { Door } from '../check-registration.ts';
import type { OpenDoor } from '../open-door.ts';
import { routeSocket } from '../registry.ts';
import type { LifeEnd } from './after-end.ts';
import type { ExtensionRoster } from './extension-roster.ts';
import { type LaunchDeps, launch } from './launch.ts';
import { grace_ms } from './life-machine.ts';
import type { LifeEffect, ProcessEffect } from './life-state.ts';
import { type ManagedExtension, pathHashOf } from './managed-extension.ts';
import type { ExtensionMessage, LaunchOutcome, Living } from './messages.ts';

/** What an extension's actor does things with. */
export interface HandDeps extends LaunchDeps {
  readonly client: ExtensionClient;
  readonly judge: Judge;
  readonly denylist: Denylist;
  readonly roster: ExtensionRoster;
  /** Takes off whatever is registered by a door. */
  readonly withdraw: (door: Door) => void;
  readonly log: (severity: 'info' | 'warning' | 'error', message: string) => void;
}

/** A family is killed for so long in one go: who is still there then is blocked in the kernel. */
const kill_ms = 5_000;
/** A row of more short lives than this is told. */
const quietRow = 2;

/** Does what the machine of a life decided, and holds what it did it to: door, process, family. */
export class ExtensionHands {
  readonly extension: ManagedExtension;
  readonly #deps: HandDeps;
  readonly #context: Context<ExtensionMessage>;
  #door: OpenDoor | undefined;
  #letGo = false;
  #how = '';
  living: Living | undefined;
  survivors: readonly ProcessIdentity[] = [];
  retiredTo: ActorRef<'ended'> | undefined;

  constructor(extension: ManagedExtension, deps: HandDeps, context: Context<ExtensionMessage>) {
    this.extension = extension;
    this.#deps = deps;
    this.#context = context;
    const terms = deps.terms(extension.name);
    deps.roster.put({
      extension,
      pathHash: terms.ok ? pathHashOf(extension.path, terms.value.budget) : '',
      state: 'backing_off',
      life: undefined,
      restarts: 0,
      lastExit: '',
      nextStart_unix_ms: 0,
      lastSample: undefined,
      refusal: '',
      unsafe: '',
    });
  }

  perform(effect: LifeEffect): void {
    switch (effect.kind) {
      case 'launch':
        return this.#launch(effect.lifeId);
      case 'timer':
        return this.#context.startTimer(effect.key, effect.delay_ms, { type: 'timer', key: effect.key });
      case 'cancel':
        for (const key of effect.keys) this.#context.cancelTimer(key);
        return;
      case 'withdraw':
        return this.#deps.withdraw(this.extension.door);
      case 'announce_wait':
        return this.#announceWait(effect.wait_ms, effect.shortLives);
      case 'retired':
        return void this.retiredTo?.tell('ended');
      case 'look':
      case 'look_later':
      case 'judge':
      case 'note_end':
      case 'goodbye':
      case 'terminate':
      case 'kill':
      case 'bury':
      case 'pass_probation':
      case 'announce_survivors':
        if (this.living !== undefined) this.#perform(effect, this.living);
    }
  }

  #perform(effect: ProcessEffect, living: Living): void {
    switch (effect.kind) {
      case 'look':
        return this.#look(living);
      case 'look_later':
        return this.#context.startTimer('look', living.watch.next_ms, { type: 'timer', key: 'look' });
      case 'judge':
        return this.#judge(living, effect.finding);
      case 'note_end':
        return this.#noteEnd(living, effect.end);
      case 'goodbye':
        return this.#goodbye(living);
      case 'terminate':
        return void living.program.signalGroup('SIGTERM');
      case 'kill':
        return this.#kill(living);
      case 'bury':
        return this.#bury(living);
      case 'pass_probation': {
        const { name, pathHash } = living.life;
        return this.#deps.denylist.passed(extensionScope(name), pathHash, this.#context.clock.unixMs());
      }
      case 'announce_survivors': {
        const pids = this.survivors.map(({ pid }) => pid).join(', ');
        return this.#say(
          'error',
          `outlives SIGKILL (pid ${pids}): it is not started again before that is gone.`,
        );
      }
    }
  }

  /** What a start came to; whether it goes on is decided elsewhere. */
  launched({ door, unsafe, result }: LaunchOutcome): void {
    const { roster } = this.#deps;
    const { number, path } = this.extension;
    this.#door = door;
    if (result.kind !== 'started') {
      const known = roster.entries().find(({ extension }) => extension.number === number)?.refusal;
      roster.update(number, { refusal: result.message });
      // One that is refused is looked at again and again: what is the same as before is not told.
      if (known !== result.message)
        this.#deps.log('error', `Extension '${this.extension.name}': ${result.message}`);
      return;
    }
    this.living = result.living;
    const { life } = result.living;
    roster.update(number, { life, pathHash: life.pathHash, refusal: '', unsafe, nextStart_unix_ms: 0 });
    this.#say('info', `was started: ${path}, pid ${life.leader.pid}.`);
    if (unsafe !== '') {
      this.#say('warning', `IS NOT SAFE and was started all the same (--allow_unsafe): ${unsafe}.`);
    }
  }

  exited(exit: ProgramExit): void {
    this.#how = `${describeExit('it', exit)}${said(exit.outputTail)}`;
  }

  sampled({ watch }: Living, sample: FamilySample): Judgement {
    this.#deps.roster.update(this.extension.number, { lastSample: sample });
    return watch.take(sample);
  }

  /** The actor is gone: whatever it held is ended without it. */
  letGo(): void {
    this.#letGo = true;
    if (this.living !== undefined) this.#abandon(this.living);
    this.#closeDoor(this.#door);
  }

  #say(severity: 'info' | 'warning' | 'error', what: string): void {
    this.#deps.log(severity, `Extension '${this.extension.name}' ${what}`);
  }

  #failed(what: string): (error: unknown) => void {
    return (error) =>
      this.#say('error', `${what}: ${error instanceof Error ? error.message : String(error)}.`);
  }

  #launch(lifeId: string): void {
    const { self } = this.#context;
    const { extension } = this;
    const exited = (exit: ProgramExit): void => void self.tell({ type: 'exited', lifeId, exit });
    launch(this.#deps, { extension, lifeId, door: this.#door, exited })
      .catch((error: unknown): LaunchOutcome => {
        const message = error instanceof Error ? error.message : String(error);
        return { door: this.#door, unsafe: '', result: { kind: 'not_started', message } };
      })
      .then((outcome) => {
        if (!this.#letGo) return void self.tell({ type: 'launched', lifeId, outcome });
        if (outcome.result.kind === 'started') this.#abandon(outcome.result.living);
        this.#closeDoor(outcome.door);
      })
      .catch(this.#failed('could not be started'));
  }

  #look({ life: { lifeId }, family }: Living): void {
    const { self } = this.#context;
    // A verdict about a wait goes by how busy the host was.
    this.#deps.judge.goesOn();
    family
      .sample()
      .then((sample) => void self.tell({ type: 'sampled', lifeId, sample }))
      .catch((error: unknown) => {
        this.#failed('could not be measured')(error);
        this.#context.startTimer('look', grace_ms, { type: 'timer', key: 'look' });
      });
  }

  #judge({ life, watch }: Living, finding: Finding): void {
    const { reason, limit, measured } = this.#deps.judge.stopExtension(life, finding, watch.points());
    this.#how = `it was killed for ${reason}: ${Math.round(measured)}, its limit is ${limit}`;
  }

  #noteEnd({ program }: Living, end: LifeEnd): void {
    switch (end) {
      case 'not_registered':
        this.#how = `it did not register in time (extensions_timeout) and was ended${said(program.outputTail())}`;
        break;
      case 'denied':
        this.#how = 'it was ended: an operator denied it';
        break;
      case 'stopping':
        this.#how = 'it was ended: the daemon stops';
        break;
      case 'verdict':
        // The verdict was told, and says more.
        return;
      case 'exited':
      case 'not_started':
      case 'refused':
        break;
    }
    this.#say(end === 'stopping' ? 'info' : 'warning', `has ended: ${this.#how}.`);
  }

  #goodbye({ life: { lifeId } }: Living): void {
    const { client, roster } = this.#deps;
    const { self } = this.#context;
    const bounds = { deadline_ms: grace_ms, limits: controlLimits };
    // Whatever it answers, SIGTERM follows.
    Promise.all(
      roster
        .registeredBy(this.extension.door.path)
        .map((registration) => client.call(routeSocket(registration), { method: 'shutdown' }, bounds)),
    )
      .then(() => void self.tell({ type: 'said_goodbye', lifeId }))
      .catch(this.#failed('could not be asked to end'));
  }

  #kill({ life: { lifeId }, program, family }: Living): void {
    const { self } = this.#context;
    // At once: it does nothing more while the others are looked for.
    program.signalGroup('SIGKILL');
    family
      .kill(kill_ms)
      .then((end) => void self.tell({ type: 'family_ended', lifeId, end }))
      .catch((error: unknown) => {
        this.#failed('could not be ended')(error);
        this.#context.startTimer('term', grace_ms, { type: 'timer', key: 'term' });
      });
  }

  #bury({ family }: Living): void {
    this.living = undefined;
    family.release().catch(this.#failed('left its cgroup behind'));
    this.#deps.roster.update(this.extension.number, {
      life: undefined,
      lastSample: undefined,
      lastExit: this.#how,
    });
  }

  #announceWait(wait_ms: number, shortLives: number): void {
    const { roster } = this.#deps;
    const { number } = this.extension;
    const next_unix_ms = Math.round(this.#context.clock.unixMs() + wait_ms);
    roster.update(number, { nextStart_unix_ms: next_unix_ms });
    if (shortLives <= quietRow) return;
    const wait_s = Math.round(wait_ms / 1000);
    this.#say('warning', `lived shortly ${shortLives} times in a row: it is started again in ${wait_s} s.`);
  }

  #abandon({ program, family }: Living): void {
    program.signalGroup('SIGKILL');
    family
      .kill(kill_ms)
      .then(() => family.release())
      .catch(this.#failed('may have left something behind'));
  }

  #closeDoor(door: OpenDoor | undefined): void {
    door?.close().catch(this.#failed('left its socket open'));
  }
}

/** What a program said last, as the end of a sentence, whose full stop is ours. */
const said = (output: string): string => {
  const last = lastLines(output).replace(/\.$/, '');
  return last === '' ? '' : `; it said: ${last}`;
};

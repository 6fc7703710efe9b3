import { Crowd } from '../crowd.ts';
import { LifeRef } from '../ref.ts';
import type { AnyBonds, Phase, Signal, Subject, Watcher } from '../runtime.ts';
import type { DeadLetterReason, ExitReason, TellResult } from '../types.ts';
import type { Address, ControlMessage } from './wire.ts';

/** What a stand-in needs of the node that its actor lives on. */
export interface StandInNode {
  send(to: Address, path: string, message: unknown): TellResult;
  lost(letter: { readonly path: string; readonly message: unknown }, reason: DeadLetterReason): void;
  control(message: ControlMessage): void;
  /** The number under which the other end knows an actor of this one; undefined when it knows too many. */
  introduce(subject: Subject): number | undefined;
}

/**
 * Stands here for an actor of another process: takes its messages, knows who watches it and who is linked to it. It
 * stands for one life of an actor, or for whoever has a name; then only the loss of the connection is its end.
 */
export class StandIn implements Subject {
  readonly path: string;
  readonly address: Address;
  readonly node: StandInNode;
  readonly ref: LifeRef<unknown> = new LifeRef<unknown>(this);
  readonly bonds: RemoteBonds = new RemoteBonds(this);
  #exit: ExitReason | undefined;

  constructor(node: StandInNode, address: Address, path: string) {
    this.node = node;
    this.address = address;
    this.path = path;
  }

  get phase(): Phase {
    return this.#exit === undefined ? 'running' : 'ended';
  }

  get exit(): ExitReason | undefined {
    return this.#exit;
  }

  tell(message: unknown): TellResult {
    if (this.#exit === undefined) return this.node.send(this.address, this.path, message);
    const reason = this.#exit.kind === 'noconnection' ? 'noconnection' : 'actor_stopped';
    this.node.lost({ path: this.path, message }, reason);
    return 'stopped';
  }

  /** The end of a linked actor is not passed on here: the other end learns of it as of the end of any it knows. */
  signal(signal: Signal): void {
    if (this.#exit !== undefined) return;
    if (signal.kind === 'stop') this.node.control({ type: 'stop', to: this.address, from: signal.from });
    else if (signal.kind === 'kill') this.node.control({ type: 'kill', to: this.address });
  }

  /** Its actor has ended, or who had the name until now. */
  ended(reason: ExitReason): void {
    if (this.address.space !== 'name') this.#exit = reason;
    this.bonds.ended(reason);
  }

  disconnected(): void {
    this.#exit = { kind: 'noconnection' };
    this.bonds.ended(this.#exit);
  }
}

/** Who watches a remote actor from here, and its links to actors here. */
class RemoteBonds implements AnyBonds {
  readonly #owner: StandIn;
  readonly #watchers = new Crowd<Watcher>();
  readonly #links = new Set<Subject>();
  /** The other end tells of an actor's end by itself; of a name's once, and again when it is asked to. */
  #isWatched = true;

  constructor(owner: StandIn) {
    this.#owner = owner;
  }

  addWatcher(watcher: Watcher): void {
    this.#watchers.join(watcher);
    this.#rewatch();
  }

  removeWatcher(watcher: Watcher): void {
    this.#watchers.leave(watcher);
  }

  addLink(other: Subject): void {
    const { node, address, path } = this.#owner;
    const from = node.introduce(other);
    if (from === undefined) {
      other.bonds.removeLink(this.#owner);
      other.signal({ kind: 'exit', from: path, reason: { kind: 'noconnection' } });
      return;
    }
    this.linkedBy(other);
    node.control({ type: 'link', to: address, from });
    this.#rewatch();
  }

  removeLink(other: Subject): void {
    if (!this.#links.delete(other) || other.phase === 'ended') return;
    const { node, address } = this.#owner;
    const from = node.introduce(other);
    if (from !== undefined) node.control({ type: 'unlink', to: address, from });
  }

  /** The remote actor has linked itself to one here. */
  linkedBy(other: Subject): void {
    this.#links.add(other);
  }

  unlinkedBy(other: Subject): void {
    this.#links.delete(other);
  }

  ended(reason: ExitReason): void {
    const { path } = this.#owner;
    this.#isWatched = false;
    for (const watcher of this.#watchers.disperse()) watcher.ended({ path, reason });
    const links = [...this.#links];
    this.#links.clear();
    for (const other of links) {
      other.bonds.removeLink(this.#owner);
      other.signal({ kind: 'exit', from: path, reason });
    }
  }

  #rewatch(): void {
    const { node, address, phase } = this.#owner;
    if (this.#isWatched || phase === 'ended' || address.space !== 'name') return;
    this.#isWatched = true;
    node.control({ type: 'watch', id: address.id });
  }
}

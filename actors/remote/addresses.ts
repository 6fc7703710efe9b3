import { fail, ok, type Result } from '../../protocol/result.ts';
import { type Ref, subjectOf } from '../ref.ts';
import type { ActorRef } from '../types.ts';
import type { Exports } from './exports.ts';
import type { Imports } from './imports.ts';
import { LateRef, RemoteReply, type ReplyNode } from './one-way-refs.ts';
import type { PlacedRef } from './packing.ts';
import { StandIn } from './stand-in.ts';
import type { Address, WireRef } from './wire.ts';

type Whose = Pick<WireRef, 'whose' | keyof Address>;

const nobodys: Whose = { whose: 'nobodys', space: 'actor', id: 0 };

/** Translates between the refs of this process and the addresses that travel. */
export class Addresses {
  readonly #node: ReplyNode;
  readonly #imports: Imports;
  readonly #exports: Exports;
  readonly #late: (path: string, message: unknown) => void;

  constructor(
    node: ReplyNode,
    imports: Imports,
    exports: Exports,
    late: (path: string, message: unknown) => void,
  ) {
    this.#node = node;
    this.#imports = imports;
    this.#exports = exports;
    this.#late = late;
  }

  toWire(refs: readonly PlacedRef[]): Result<readonly WireRef[], 'too_many_refs'> {
    const addresses: WireRef[] = [];
    for (const { ref, place } of refs) {
      const address = this.#whose(ref);
      if (address === undefined) return fail('too_many_refs');
      addresses.push({ ...address, place });
    }
    return ok(addresses);
  }

  /** The ref that a message of the other end speaks of; `path` is what that end calls it. */
  toRef({ whose, space, id }: WireRef, path: string): ActorRef<never> {
    if (whose === 'yours') return this.#exports.receiverOf({ space, id }) ?? new LateRef(path, this.#late);
    const remotePath = this.#imports.pathOf(path);
    if (whose === 'mine' && space === 'reply') return new RemoteReply(this.#node, { space, id }, remotePath);
    // It may have ended while the message that speaks of it was on its way.
    const standIn = whose === 'mine' && space === 'actor' ? this.#imports.actor(id) : undefined;
    return standIn?.ref ?? new LateRef(remotePath, this.#late);
  }

  /** A ref travels as the address of its present life, as a process identifier does in Erlang; a name is not that. */
  #whose(ref: Ref): Whose | undefined {
    if (ref instanceof LateRef) return nobodys;
    if (ref instanceof RemoteReply && ref.node === this.#node) return { whose: 'yours', ...ref.address };
    const subject = subjectOf(ref);
    if (subject === undefined) return { whose: 'mine', space: 'reply', id: this.#exports.awaitAnswer(ref) };
    if (subject.phase === 'ended') return nobodys;
    if (subject instanceof StandIn && subject.node === this.#node)
      return { whose: 'yours', ...subject.address };
    const id = this.#exports.introduce(subject);
    return id === undefined ? undefined : { whose: 'mine', space: 'actor', id };
  }
}

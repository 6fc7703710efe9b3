import { subjectOf } from '../ref.ts';
import type { Subject } from '../runtime.ts';
import type { DeadLetterReason } from '../types.ts';
import type { Addresses } from './addresses.ts';
import type { Exports } from './exports.ts';
import type { Imports } from './imports.ts';
import type { ReceivedTell } from './inbound.ts';
import { unpack } from './packing.ts';
import type { Violation } from './parse.ts';
import { type Address, type ControlMessage, fromWireReason, type Hello, type Space } from './wire.ts';

/** Why nobody has an address. */
const whyNobody: Readonly<Record<Space, DeadLetterReason>> = {
  actor: 'actor_stopped',
  reply: 'asker_left',
  name: 'no_such_name',
};

/** What the delivery needs of its node. */
export interface DeliveryNode {
  readonly name: string;
  lost(letter: { readonly path: string; readonly message: unknown }, reason: DeadLetterReason): void;
}

/** Hands out what came in, once hello was said. Each method says what is wrong with what it got, if anything is. */
export class Delivery {
  readonly #node: DeliveryNode;
  readonly #imports: Imports;
  readonly #exports: Exports;
  readonly #addresses: Addresses;

  constructor(node: DeliveryNode, imports: Imports, exports: Exports, addresses: Addresses) {
    this.#node = node;
    this.#imports = imports;
    this.#exports = exports;
    this.#addresses = addresses;
  }

  tell({ to, refs, text }: ReceivedTell): Violation | undefined {
    const message = unpack(text, refs, (ref, path) => this.#addresses.toRef(ref, path));
    if (!message.ok) return message.error;
    const receiver = this.#exports.receiverOf(to);
    // Types end where the process ends: the handshake saw to it that both were built from the same.
    if (receiver !== undefined) receiver.tell(message.value as never);
    else
      this.#node.lost(
        { path: `${this.#node.name}→${to.space} ${to.id}`, message: message.value },
        whyNobody[to.space],
      );
    this.#exports.answered(to);
    return undefined;
  }

  control(message: Exclude<ControlMessage, Hello>): Violation | undefined {
    switch (message.type) {
      case 'introduce':
        return this.#imports.introduced(message.id, message.path)
          ? undefined
          : 'it introduced an actor twice, or too many';
      case 'bind':
        if (!this.#exports.bind(message.id, message.name)) return 'it bound a name twice, or too many';
        this.#exports.watchName(message.id);
        return undefined;
      case 'watch':
        return this.#exports.watchName(message.id) ? undefined : 'it watches a name that it did not bind';
      case 'ended':
        this.#imports.takeEnded(message.of)?.ended(fromWireReason(message.reason));
        return undefined;
      case 'link':
      case 'unlink':
        return this.#tie(message.type, message.from, this.#subject(message.to));
      case 'stop':
        this.#subject(message.to)?.signal({ kind: 'stop', from: this.#imports.pathOf(message.from) });
        return undefined;
      case 'kill':
        this.#subject(message.to)?.signal({ kind: 'kill' });
        return undefined;
    }
  }

  /** Who has ended is not tied any more: of its end the other one is told anyway. */
  #tie(how: 'link' | 'unlink', from: number, here: Subject | undefined): undefined {
    const there = this.#imports.actor(from);
    if (there === undefined || here === undefined || here.phase === 'ended') return;
    if (how === 'link') {
      there.bonds.linkedBy(here);
      here.bonds.addLink(there);
    } else {
      there.bonds.unlinkedBy(here);
      here.bonds.removeLink(there);
    }
  }

  #subject(address: Address): Subject | undefined {
    const ref = this.#exports.receiverOf(address);
    return ref && subjectOf(ref);
  }
}

import { Ref } from '../ref.ts';
import type { ActorRef, TellResult } from '../types.ts';
import type { Address } from './wire.ts';

/** What an address needs of its node. */
export interface ReplyNode {
  send(to: Address, path: string, message: unknown): TellResult;
}

/** Where somebody in another process waits for an answer. */
export class RemoteReply extends Ref implements ActorRef<unknown> {
  readonly path: string;
  readonly node: ReplyNode;
  readonly address: Address;
  readonly tell: (answer: unknown) => TellResult;

  constructor(node: ReplyNode, address: Address, path: string) {
    super();
    this.path = path;
    this.node = node;
    this.address = address;
    this.tell = (answer) => node.send(address, path, answer);
  }
}

/** The address of an actor that had ended when its ref arrived. */
export class LateRef extends Ref implements ActorRef<unknown> {
  readonly path: string;
  readonly tell: (message: unknown) => TellResult;

  constructor(path: string, lost: (path: string, message: unknown) => void) {
    super();
    this.path = path;
    this.tell = (message) => {
      lost(path, message);
      return 'stopped';
    };
  }
}

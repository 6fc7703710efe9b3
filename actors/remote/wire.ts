import type { ExitReason } from '../types.ts';

/**
 * The stream is made of frames: 4 bytes length of the payload, 1 byte kind, 3 bytes number of the frame, payload; all
 * numbers little endian. Frames are numbered from 0, so that bytes which are missing or come twice are noticed.
 *
 *   control  a `ControlMessage` as JSON
 *   tell     1 byte space and 6 bytes number of the address, 4 bytes length of the list of refs, the list as JSON
 *            (`WireRef[]`), the message as JSON
 *   large    4 bytes length of a tell's payload that is too long for one frame; its bytes follow in parts, between
 *            which other control frames may come, but no tell
 *   part     the next 256 KiB of it, or what is left
 */
export const frameKind = { control: 1, tell: 2, large: 3, part: 4 } as const;

/** Raised when an older peer would misunderstand a newer one. */
export const wireVersion = 1;

export const frameHeader_bytes = 8;
/** After the last number comes 0. */
export const frameNumbers: number = 2 ** 24;
export const tellHeader_bytes = 11;
export const maxPart_bytes: number = 256 * 1024;
export const maxControl_bytes: number = 64 * 1024;
/** Of a path or a name, in UTF-16 code units. */
export const maxName_length = 4096;
/** Of a crash that is reported. */
export const maxErrorText_length = 4096;

/** How a message may look inside; checked before it is sent and before it is parsed. */
export const messageBounds = { depth: 64, values: 1_000_000 } as const;

/**
 * Numbers in an address belong to the one who gave them out. An `actor` is one life of an actor; a `reply` takes the
 * answer to a question; both are numbered by their owner. A `name` is numbered by who asked for it.
 */
export const spaces = ['actor', 'reply', 'name'] as const;
export type Space = (typeof spaces)[number];

export interface Address {
  readonly space: Space;
  readonly id: number;
}

/** Numbers have six bytes: at a million new addresses a second they last nine years. */
export const maxId: number = 2 ** 48 - 1;

/** A ref in a message: where in it (its path stands there), and whose address it is, seen from the sender. */
export interface WireRef extends Address {
  readonly whose: 'mine' | 'yours' | 'nobodys';
  readonly place: readonly (string | number)[];
}

export interface Hello {
  readonly type: 'hello';
  readonly protocol: 'leash-actors';
  readonly version: number;
  readonly build: string;
  readonly maxMessage_bytes: number;
}

/** An exit reason without what only its own process can hold. */
export type WireReason =
  | { readonly kind: Exclude<ExitReason['kind'], 'crashed'> }
  | { readonly kind: 'crashed'; readonly name: string; readonly message: string };

/** What is not a message to an actor. It overtakes messages. */
export type ControlMessage =
  | Hello
  /** The sender has an actor of which later messages will speak. `ended` follows when it has. */
  | { readonly type: 'introduce'; readonly id: number; readonly path: string }
  /** The sender will write to this name, and watches it once. */
  | { readonly type: 'bind'; readonly id: number; readonly name: string }
  /** Watches who has the name now, after an `ended`. */
  | { readonly type: 'watch'; readonly id: number }
  /** An actor of the sender ended, or who had a name. */
  | { readonly type: 'ended'; readonly of: Address; readonly reason: WireReason }
  /** Ties an actor of the sender to one of the receiver, or unties them. */
  | { readonly type: 'link' | 'unlink'; readonly to: Address; readonly from: number }
  /** Orders an actor of the receiver to end. */
  | { readonly type: 'stop'; readonly to: Address; readonly from: string }
  | { readonly type: 'kill'; readonly to: Address };

export const toWireReason = (reason: ExitReason): WireReason => {
  if (reason.kind !== 'crashed') return reason;
  const { name, message } = reason.error;
  return {
    kind: 'crashed',
    name: name.slice(0, maxErrorText_length),
    message: message.slice(0, maxErrorText_length),
  };
};

export const fromWireReason = (reason: WireReason): ExitReason => {
  if (reason.kind !== 'crashed') return reason;
  const error = new Error(reason.message);
  error.name = reason.name;
  return { kind: 'crashed', error };
};

import { type Failure, fail, ok, type Result } from './result.ts';

/**
 * Frames on a stream: 4 bytes payload length (little endian), 1 byte kind, payload.
 * `control` payloads are JSON messages; `rows` payloads are batches of rows, or pieces of
 * one (protocol/row-batches.ts), that the supervisor's loop passes on without parsing them.
 */
export type FrameKind = 'control' | 'rows';

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

export type FrameFailure = Failure<'frame_too_large' | 'frame_kind_unknown'>;

export const frameHeader_bytes = 5;
/** 256 KiB keeps each frame of rows under a millisecond of copying. */
export const maxRowsFrame_bytes: number = 256 * 1024;
/** Control messages carry SQL (1 MiB at most) and answers of supervisor tables. */
export const maxControlFrame_bytes: number = 8 * 1024 * 1024;

const kindCodes = { control: 1, rows: 2 } as const;

/** Encodes one frame. */
export const encodeFrame = (kind: FrameKind, payload: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(frameHeader_bytes + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame[4] = kindCodes[kind];
  frame.set(payload, frameHeader_bytes);
  return frame;
};

/** Encodes a control message. BigInts (64-bit table values) travel as `{"int":"…"}`. */
export const encodeControl = (message: unknown): Buffer =>
  encodeFrame('control', Buffer.from(JSON.stringify(message, bigintToText)));

const bigintToText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? { int: value.toString() } : value;

/**
 * Cuts a byte stream into frames. Lengths are checked before anything is kept, so a hostile length costs nothing.
 * After a failure the stream is unusable: close it.
 */
export class FrameDecoder {
  readonly #maxControl_bytes: number;
  #pending: Buffer[] = [];
  #pendingLength = 0;

  constructor(maxControl_bytes: number = maxControlFrame_bytes) {
    this.#maxControl_bytes = maxControl_bytes;
  }

  /** Adds bytes and returns the frames that are complete now. */
  push(chunk: Buffer): Result<readonly Frame[], FrameFailure> {
    this.#pending.push(chunk);
    this.#pendingLength += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      const next = this.#next();
      if (!next.ok) return next;
      if (next.value === undefined) return ok(frames);
      frames.push(next.value);
    }
  }

  #next(): Result<Frame | undefined, FrameFailure> {
    if (this.#pendingLength < frameHeader_bytes) return ok(undefined);
    const header = this.#peek(frameHeader_bytes);
    const length = header.readUInt32LE(0);
    const kind = kindOf(header[4]);
    if (kind === undefined) {
      return fail({ reason: 'frame_kind_unknown', message: `frame kind ${header[4]} is not known` });
    }
    const limit = kind === 'rows' ? maxRowsFrame_bytes : this.#maxControl_bytes;
    if (length > limit) {
      return fail({
        reason: 'frame_too_large',
        message: `a ${kind} frame of ${length} bytes is over the limit of ${limit}`,
      });
    }
    if (this.#pendingLength < frameHeader_bytes + length) return ok(undefined);
    const whole = this.#peek(frameHeader_bytes + length);
    this.#drop(frameHeader_bytes + length);
    return ok({ kind, payload: whole.subarray(frameHeader_bytes, frameHeader_bytes + length) });
  }

  /** The first `length` bytes in one buffer; joins chunks only when a frame spans several. */
  #peek(length: number): Buffer {
    const first = this.#pending[0];
    if (first !== undefined && first.length >= length) return first;
    const joined = Buffer.concat(this.#pending);
    this.#pending = [joined];
    return joined;
  }

  #drop(length: number): void {
    const [first, ...rest] = this.#pending;
    if (first === undefined) return;
    this.#pendingLength -= length;
    this.#pending = first.length === length ? rest : [first.subarray(length), ...rest];
  }
}

const kindOf = (code: number | undefined): FrameKind | undefined =>
  code === kindCodes.control ? 'control' : code === kindCodes.rows ? 'rows' : undefined;

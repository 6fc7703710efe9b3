/**
 * The floor: a counter in another process, through frames of JSON with their length before them, over the socket pair
 * that ours use too, many frames a write, no faster than the other end reads. No addresses, no bounds, no checks.
 * Started with `child` this file is the other process.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Across, Add } from '../contender.ts';

type Message = Add | { readonly type: 'read'; readonly id: number };
interface Answer {
  readonly id: number;
  readonly sum: number;
}

const batch_bytes = 64 * 1024;

/** Writes frames, those of one turn together. */
class Writer {
  readonly #socket: Socket;
  #batch: Buffer = Buffer.allocUnsafeSlow(batch_bytes);
  #length = 0;
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** False when the socket is full. A frame of the benchmark is far smaller than a batch. */
  write(message: Message | Answer): boolean {
    const isTaken = this.#length < batch_bytes - 1024 || this.#flush();
    const from = this.#length + 4;
    const length = this.#batch.write(JSON.stringify(message), from);
    this.#batch.writeUInt32LE(length, this.#length);
    this.#length = from + length;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(() => this.#flush());
    }
    return isTaken;
  }

  #flush(): boolean {
    this.#isScheduled = false;
    if (this.#length === 0) return true;
    const isTaken = this.#socket.write(this.#batch.subarray(0, this.#length));
    this.#batch = Buffer.allocUnsafeSlow(batch_bytes);
    this.#length = 0;
    return isTaken;
  }
}

const read = (socket: Socket, take: (message: unknown) => void): void => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    while (rest.length - at >= 4) {
      const end = at + 4 + rest.readUInt32LE(at);
      if (end > rest.length) break;
      take(JSON.parse(rest.toString('utf8', at + 4, end)));
      at = end;
    }
    rest = rest.subarray(at);
  });
};

if (process.argv[2] === 'child') {
  const socket = new Socket({ fd: 3 });
  const writer = new Writer(socket);
  let sum = 0;
  read(socket, (message) => {
    const received = message as Message;
    if (received.type === 'add') sum += received.n;
    else writer.write({ id: received.id, sum });
  });
}

export const frames = (): Promise<Across> => {
  const child = spawn(process.execPath, [import.meta.filename, 'child'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const socket = child.stdio[3];
  if (!(socket instanceof Socket)) throw new Error('no channel');
  const writer = new Writer(socket);
  const asking = new Map<number, (sum: number) => void>();
  let lastId = 0;
  read(socket, (answer) => {
    const { id, sum } = answer as Answer;
    asking.get(id)?.(sum);
    asking.delete(id);
  });
  return Promise.resolve({
    stream: async (count) => {
      for (let told = 0; told < count; told += 1)
        if (!writer.write({ type: 'add', n: 1 })) await once(socket, 'drain');
    },
    ask: () =>
      new Promise((resolve) => {
        lastId += 1;
        asking.set(lastId, resolve);
        writer.write({ type: 'read', id: lastId });
      }),
    close: async () => {
      socket.end();
      await once(child, 'exit');
    },
  });
};

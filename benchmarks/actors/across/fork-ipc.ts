/** A counter in another process, through Node's own channel. Started with `child` this file is that process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Across, Add } from '../contender.ts';

type Message = Add | { readonly type: 'read'; readonly id: number };
interface Answer {
  readonly id: number;
  readonly sum: number;
}

/** It takes whatever it is sent and keeps what does not leave: so much at a time, until the last one has left. */
const burst = 1_000;

if (process.argv[2] === 'child') {
  let sum = 0;
  process.on('message', (message: Message) => {
    if (message.type === 'add') sum += message.n;
    else process.send?.({ id: message.id, sum } satisfies Answer);
  });
}

export const forkIpc = (): Promise<Across> => {
  const child = fork(import.meta.filename, ['child']);
  const asking = new Map<number, (sum: number) => void>();
  let lastId = 0;
  child.on('message', ({ id, sum }: Answer) => {
    asking.get(id)?.(sum);
    asking.delete(id);
  });
  return Promise.resolve({
    stream: async (count) => {
      for (let told = 1; told <= count; told += 1) {
        const message: Message = { type: 'add', n: 1 };
        if (told % burst !== 0) child.send(message);
        else
          await new Promise((resolve) => {
            child.send(message, resolve);
          });
      }
    },
    ask: () =>
      new Promise((resolve) => {
        lastId += 1;
        asking.set(lastId, resolve);
        child.send({ type: 'read', id: lastId } satisfies Message);
      }),
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  });
};

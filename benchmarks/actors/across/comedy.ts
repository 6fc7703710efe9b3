import { createSystem } from 'comedy';
import type { Across, Add } from '../contender.ts';

/** It sends as much as it is told to and knows no full channel: so much at a time keeps its memory small. */
const burst = 1_000;

/** Its text travels to the other process: it uses nothing from around it. */
class Counter {
  sum = 0;

  add({ n }: Add): void {
    this.sum += n;
  }

  read(): number {
    return this.sum;
  }
}

export const comedy = async (): Promise<Across> => {
  const system = createSystem({});
  const root = await system.rootActor();
  const counter = await root.createChild(Counter, { mode: 'forked' });
  return {
    stream: async (count) => {
      for (let told = 0; told < count; told += burst) {
        const length = Math.min(burst, count - told);
        await Promise.all(Array.from({ length }, () => counter.send('add', { type: 'add', n: 1 })));
      }
    },
    ask: () => counter.sendAndReceive('read') as Promise<number>,
    close: () => system.destroy(),
  };
};

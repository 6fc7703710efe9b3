import { answering } from './families/answering.ts';
import { computing } from './families/computing.ts';
import { innocent } from './families/innocent.ts';
import { matching } from './families/matching.ts';
import { reading } from './families/reading.ts';
import { remembering } from './families/remembering.ts';
import { timing } from './families/timing.ts';
import type { Offender } from './offender.ts';

/** Every kind of query, by family. */
export const catalogue: readonly Offender[] = [
  ...computing,
  ...remembering,
  ...matching,
  ...reading,
  ...answering,
  ...timing,
  ...innocent,
];

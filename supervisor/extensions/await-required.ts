import type { Clock } from '../../platform/clock.ts';
import type { Flags } from '../config/flags.ts';
import type { ExtensionBoard } from './extension-board.ts';
import { extensionTime_ms } from './extension-times.ts';

/** No event tells all of what is waited for: it is looked for. */
const lookAgain_ms = 50;

/** Waits until something holds, for so long at most. */
export const waitUntil = async (clock: Clock, holds: () => boolean, within_ms: number): Promise<void> => {
  const until_ms = clock.monotonicMs() + within_ms;
  while (!holds() && clock.monotonicMs() < until_ms) {
    await new Promise<void>((resolve) => clock.after(lookAgain_ms, resolve));
  }
};

/**
 * Gives the extensions that have to be registered within `extensions_timeout` and are not: what a person is to be told.
 * None once the daemon stops.
 */
export const missingExtensions = async (
  flags: Flags,
  board: Pick<ExtensionBoard, 'attached'>,
  clock: Clock,
  isStopped: () => boolean,
): Promise<readonly string[]> => {
  const required = flags.names('extensions_require');
  const missing = (): readonly string[] => {
    const there = new Set([...board.attached.values()].map(({ info }) => info.name));
    return required.filter((name) => !there.has(name));
  };
  const isOver = (): boolean => missing().length === 0 || isStopped();
  await waitUntil(clock, isOver, extensionTime_ms(flags, 'extensions_timeout'));
  return isStopped() ? [] : missing();
};

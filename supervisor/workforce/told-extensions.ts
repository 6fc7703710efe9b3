import { writeAttachment } from '../../protocol/extension/attachment.ts';
import type { ToWorker } from '../../protocol/worker-messages.ts';
import type { ExtensionBoard } from '../extensions/extension-board.ts';
import { type Registration, routeSocket } from '../extensions/registry.ts';

type Attached = ExtensionBoard['attached'];

/** A worker that was told of nothing yet. */
export const toldNothing: Attached = new Map();

/**
 * What a worker has to be told before its next query: which extensions went since it was told last, then which came, one
 * a message. One that registered anew under its old number went and came. Pure.
 */
export const extensionNews = (told: Attached, attached: Attached): readonly ToWorker[] => {
  if (told === attached) return [];
  const went = [...told].filter(([uuid, registration]) => attached.get(uuid) !== registration);
  const came = [...attached].filter(([uuid, registration]) => told.get(uuid) !== registration);
  return [
    ...went.map(([uuid]): ToWorker => ({ type: 'detach', uuid })),
    ...came
      .filter(([, { tables }]) => tables.length > 0)
      .map(([, registration]): ToWorker => ({ type: 'attach', extension: attachmentOf(registration) })),
  ];
};

const attachmentOf = (registration: Registration): Extract<ToWorker, { type: 'attach' }>['extension'] => {
  const { uuid, info, tables } = registration;
  return writeAttachment({ uuid, name: info.name, path: routeSocket(registration), tables });
};

import type { QueryService } from '../protocol/control.ts';
import { type Failure, fail, type Result } from '../protocol/result.ts';
import type { ControlFailure, DaemonClient } from './control-client.ts';

/** Who is to answer a query. */
export interface Answerer {
  /** A control socket that must answer. Absent: a daemon at its usual places, if one answers there. */
  readonly control?: string | undefined;
  /** Never ask a daemon. */
  readonly standalone: boolean;
}

/** How services are opened. */
export interface Openers {
  readonly connect: (path: string) => Promise<Result<DaemonClient, ControlFailure>>;
  /** Whoever speaks osquery's protocol of extension managers at a socket: osqueryd, osqueryi, leashd. */
  readonly connectManager: (path: string) => Promise<Result<QueryService, Failure>>;
  readonly startEmbedded: () => Promise<Result<QueryService, Failure>>;
  /** Where a daemon of this caller may listen, the likeliest first. */
  readonly usualControls: readonly string[];
}

/**
 * The daemon if one answers, else a supervisor in this process. A daemon that answers but cannot be used (another
 * version) is an error: a second supervisor beside it would hide that.
 */
export const openQueryService = async (
  { control, standalone }: Answerer,
  openers: Openers,
): Promise<Result<QueryService, Failure>> => {
  if (standalone) return openers.startEmbedded();
  const client = await openDaemon(control, openers);
  if (client.ok) return client;
  const { reason } = client.error;
  if (control === undefined && (reason === 'no_daemon' || reason === 'permission_denied')) {
    return openers.startEmbedded();
  }
  return client;
};

/** The daemon at a named socket, or the first that answers at the usual ones. */
export const openDaemon = async (
  control: string | undefined,
  { connect, usualControls }: Pick<Openers, 'connect' | 'usualControls'>,
): Promise<Result<DaemonClient, ControlFailure>> => {
  if (control !== undefined) return connect(control);
  let first: ControlFailure | undefined;
  for (const path of usualControls) {
    const client = await connect(path);
    if (client.ok || client.error.reason !== 'no_daemon') return client;
    first ??= client.error;
  }
  return fail(first ?? { reason: 'no_daemon', message: 'no daemon answers' });
};

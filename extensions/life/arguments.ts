import { parseArgs } from 'node:util';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** What osquery starts an extension with. */
export interface ServeArguments {
  /** The manager's socket. */
  readonly socket: string;
  /** How long the manager is waited for. */
  readonly timeout_ms: number;
  /** How often it is asked whether it is still there. */
  readonly interval_ms: number;
  readonly verbose: boolean;
}

/** osquery's least time for both. */
const least_ms = 200;
const usual_s = '3';

const options = {
  socket: { type: 'string' },
  timeout: { type: 'string', default: usual_s },
  interval: { type: 'string', default: usual_s },
  verbose: { type: 'boolean', default: false },
} as const;

/**
 * Reads `--socket PATH --timeout SECONDS --interval SECONDS --verbose`, also with `=` or one dash. Others are the
 * extension's own and are passed over.
 */
export const parseServeArguments = (
  argv: readonly string[],
): Result<ServeArguments, Failure<'bad_arguments'>> => {
  // With strict parsing off a value of the wrong kind comes as it is.
  const { values } = parseArgs({
    args: argv.map((word) => word.replace(/^-(?=[a-z]{2})/, '--')),
    options,
    strict: false,
  });
  const { socket, timeout, interval, verbose } = values;
  if (typeof socket !== 'string' || socket === '') {
    return fail({
      reason: 'bad_arguments',
      message:
        'no manager to register with. A daemon starts extensions by itself (extensions_autoload); by hand: --socket PATH, where PATH is its extensions_socket',
    });
  }
  const timeout_ms = milliseconds(timeout);
  const interval_ms = milliseconds(interval);
  if (timeout_ms === undefined || interval_ms === undefined) {
    return fail({ reason: 'bad_arguments', message: '--timeout and --interval take a number of seconds' });
  }
  return ok({ socket, timeout_ms, interval_ms, verbose: verbose === true || verbose === 'true' });
};

const milliseconds = (seconds: string | boolean | undefined): number | undefined => {
  if (typeof seconds !== 'string' || !/^\d{1,7}(\.\d+)?$/.test(seconds)) return undefined;
  return Math.max(least_ms, Number(seconds) * 1000);
};

import type { Clock } from '../../platform/clock.ts';
import {
  getQueriesRequest,
  readQueriesAnswer,
  writeResultsRequest,
} from '../../protocol/extension/plugin-calls.ts';
import type { ExtensionResponse, SentRequest } from '../../protocol/extension/types.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import { RowBatches, rowsOfBatch } from '../../protocol/row-batches.ts';
import type { PluginCaller } from '../extensions/plugin-caller.ts';
import type { CollectedRun } from '../schedule/collector.ts';
import { type DistributedQuery, type DistributedRequest, readDistributedRequest } from './read-request.ts';
import { type DistributedResult, distributedResultsText, distributedRows } from './write-results.ts';

/** What a round of distributed queries needs. */
export interface RoundDeps {
  readonly plugin: string;
  readonly plugins: Pick<PluginCaller, 'call'>;
  readonly clock: Clock;
  /** Runs one statement; its rows are bounded by its budget. */
  readonly run: (sql: string) => Promise<CollectedRun>;
  /** What stands for NULL. */
  readonly nullvalue: string;
  /** A query begins. */
  readonly starts: (query: DistributedQuery) => void;
}

/** How a round ended. */
export interface RoundEnd {
  /** Results that the plugin did not take: they go with the next round. */
  readonly unsent: readonly DistributedResult[];
  readonly accelerate_s: number | undefined;
  /** What went wrong between the plugin and us; a sentence. */
  readonly problem: string | undefined;
}

/**
 * Of one query: the guard puts its answer into one message, which takes it 1 ms a megabyte. A plugin gets what is finished
 * in requests of about this size.
 */
export const mostResult_mb = 2;
const request_chars = mostResult_mb * 2 ** 20;
/** What waits for a plugin that takes nothing; of more, the oldest are dropped. */
const mostUnsent_chars = 8 * request_chars;
/** Rows that are rendered in one go: a fraction of a millisecond. */
const rowsAtOnce = 200;
const call_ms = 60_000;

type RoundFailure = Failure<'plugin' | 'bad_request' | 'discovery_failed'>;

/** Sends what is left from the last round, asks for queries, runs them one after another, sends what came of them. */
export const playRound = async (deps: RoundDeps, unsent: readonly DistributedResult[]): Promise<RoundEnd> => {
  const left = await send(deps, unsent);
  if (left.problem !== undefined) return { ...left, accelerate_s: undefined };
  const asked = await askForQueries(deps);
  if (!asked.ok) return { unsent: [], accelerate_s: undefined, problem: asked.error.message };
  const { accelerate_s } = asked.value;
  const chosen = await discover(deps, asked.value);
  if (!chosen.ok) return { unsent: [], accelerate_s: undefined, problem: chosen.error.message };
  let waiting: readonly DistributedResult[] = [];
  let problem: string | undefined;
  for (const query of chosen.value) {
    deps.starts(query);
    waiting = [...waiting, await resultOf(deps, query)];
    if (problem !== undefined || sizeOf(waiting) < request_chars) continue;
    ({ unsent: waiting, problem } = await send(deps, waiting));
  }
  if (problem === undefined) ({ unsent: waiting, problem } = await send(deps, waiting));
  const kept = latest(waiting);
  const dropped = waiting.length - kept.length;
  const loss = dropped > 0 ? ` The oldest ${dropped} are dropped: too many wait.` : '';
  return { unsent: kept, accelerate_s, problem: problem === undefined ? undefined : problem + loss };
};

const askForQueries = async (deps: RoundDeps): Promise<Result<DistributedRequest, RoundFailure>> => {
  const answer = await callPlugin(deps, getQueriesRequest);
  if (!answer.ok) return answer;
  const text = readQueriesAnswer(answer.value.response);
  if (!text.ok) return fail({ reason: 'plugin', message: `${text.error.message}.` });
  const request = readDistributedRequest(text.value);
  return request.ok ? request : fail({ reason: 'bad_request', message: `${request.error.message}.` });
};

/** The queries whose discovery has rows, and those without one. A discovery that fails spoils the whole request. */
const discover = async (
  { run }: RoundDeps,
  { queries, discovery }: DistributedRequest,
): Promise<Result<readonly DistributedQuery[], RoundFailure>> => {
  const absent = new Set<string>();
  for (const { id, sql } of discovery) {
    const { outcome } = await run(sql);
    if (outcome.failure !== undefined) {
      const message = `The request for distributed queries is refused: discovery query '${id}' failed: ${outcome.failure.message}`;
      return fail({ reason: 'discovery_failed', message });
    }
    if (outcome.cost.rows === 0) absent.add(id);
  }
  return ok(queries.filter(({ id }) => !absent.has(id)));
};

const resultOf = async (
  { run, clock, nullvalue }: RoundDeps,
  { id, sql }: DistributedQuery,
): Promise<DistributedResult> => {
  const { results, outcome } = await run(sql);
  const { failure, cost } = outcome;
  if (failure !== undefined) {
    // A server may look for osquery's words; ours say until when, and what was measured.
    const message =
      failure.reason === 'denied' ? `distributed query is denylisted: ${failure.message}` : failure.message;
    const ran = failure.reason !== 'denied' && failure.reason !== 'held_back';
    return { id, status: 1, message, rows: '[]', cost: ran ? cost : undefined };
  }
  const parts: string[] = [];
  const batches = new RowBatches();
  const frames = results.flatMap(({ columns, rowFrames }) => rowFrames.map((frame) => ({ columns, frame })));
  for (const { columns, frame } of frames) {
    const batch = batches.take(frame);
    const rows = batch === undefined ? [] : rowsOfBatch(batch);
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      parts.push(distributedRows(columns, rows.slice(at, at + rowsAtOnce), nullvalue));
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  }
  return { id, status: 0, message: '', rows: `[${parts.join(',')}]`, cost };
};

const send = async (
  deps: RoundDeps,
  results: readonly DistributedResult[],
): Promise<Pick<RoundEnd, 'unsent' | 'problem'>> => {
  if (results.length === 0) return { unsent: [], problem: undefined };
  const answer = await callPlugin(deps, writeResultsRequest(distributedResultsText(results)));
  return answer.ok
    ? { unsent: [], problem: undefined }
    : { unsent: results, problem: `${answer.error.message} Results of distributed queries wait.` };
};

const callPlugin = async (
  { plugin, plugins }: RoundDeps,
  request: SentRequest,
): Promise<Result<ExtensionResponse, RoundFailure>> => {
  const answer = await plugins.call('distributed', plugin, request, call_ms);
  if (!answer.ok) return fail({ reason: 'plugin', message: `${answer.error.message}.` });
  const { code, message } = answer.value.status;
  return code === 0
    ? answer
    : fail({
        reason: 'plugin',
        message: `The distributed plugin '${plugin}' refuses: ${message} (code ${code}).`,
      });
};

const sizeOf = (results: readonly DistributedResult[]): number =>
  results.reduce((chars, { rows, message }) => chars + rows.length + message.length, 0);

/** The youngest results that fit. */
const latest = (results: readonly DistributedResult[]): readonly DistributedResult[] => {
  let kept = results;
  while (kept.length > 1 && sizeOf(kept) > mostUnsent_chars) kept = kept.slice(1);
  return kept;
};

/** What a table came to that was asked for its columns: those that it registered, other ones, or none at all. */
export type ColumnsAnswer = 'registered' | 'other' | 'none';

/** What is known of one table of an extension from asking it for its columns. */
export interface TableHistory {
  /** It has told the columns that it registered, once at least: it knows the question. */
  readonly proven: boolean;
  /** How often in a row it told none, up to now. */
  readonly misses: number;
  /** Wall clock of the moment from which on it is away; undefined: it is there. */
  readonly awaySince_unix_ms: number | undefined;
  /** It has told other columns than it registered, once at least. */
  readonly differs: boolean;
}

/** A table that was never asked. */
export const unasked: TableHistory = {
  proven: false,
  misses: 0,
  awaySince_unix_ms: undefined,
  differs: false,
};

/** What is to be done about a table. */
export type TableVerdict = 'keep' | 'take_off' | 'bring_back';

/** So many times without columns in a row, and a table is away. One may be an accident. */
const mostMisses = 2;

/**
 * Decides from the answer to `columns` whether a table is there. osquery goes by the registration as well, so there may be
 * tables that work and do not answer this: only one that has told its columns once is judged by not telling them. Other
 * columns than it registered are an answer. Pure.
 */
export const judgeExtensionTable = (
  history: TableHistory,
  answer: ColumnsAnswer,
  now_unix_ms: number,
): { readonly history: TableHistory; readonly verdict: TableVerdict } => {
  const { awaySince_unix_ms } = history;
  const isAway = awaySince_unix_ms !== undefined;
  if (answer === 'none') {
    const misses = Math.min(history.misses + 1, mostMisses);
    const missed = { ...history, misses };
    if (isAway || !history.proven || misses < mostMisses) return { history: missed, verdict: 'keep' };
    return { history: { ...missed, awaySince_unix_ms: now_unix_ms }, verdict: 'take_off' };
  }
  const answered = {
    proven: history.proven || answer === 'registered',
    misses: 0,
    awaySince_unix_ms: undefined,
    differs: history.differs || answer === 'other',
  };
  return { history: answered, verdict: isAway ? 'bring_back' : 'keep' };
};

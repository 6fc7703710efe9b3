import { nearest } from '../../protocol/nearest.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** Names that an ambiguous one could mean: so many are listed. */
const listed = 8;

/** Names that a person may ask about. */
export interface KnownNames {
  readonly scheduled: readonly string[];
  /** Queries with verdicts or a record that may be in no config any more, and `adhoc`. */
  readonly others: readonly string[];
  /** Between the parts of `pack_<pack>_<name>`. */
  readonly packDelimiter: string;
}

/**
 * The queries that a name stands for: a query of that name, all of a pack of that name, or the only query whose name
 * begins so or is called so in its pack.
 */
export const resolveName = (
  asked: string,
  { scheduled, others, packDelimiter }: KnownNames,
): Result<readonly string[], Failure<'unknown_name' | 'ambiguous_name'>> => {
  const known = [...new Set([...scheduled, ...others])];
  if (known.includes(asked)) return ok([asked]);
  const pack = ['pack', asked, ''].join(packDelimiter);
  const packed = scheduled.filter((name) => name.startsWith(pack));
  if (packed.length > 0) return ok(packed);
  const begun = known.filter((name) => name.startsWith(asked));
  const short = scheduled.filter((name) => name.endsWith(`${packDelimiter}${asked}`));
  const meanings = begun.length > 0 ? begun : short;
  if (meanings.length === 1) return ok(meanings);
  if (meanings.length > 1) {
    const more = meanings.length > listed ? `, … (${meanings.length - listed} more)` : '';
    return fail({
      reason: 'ambiguous_name',
      message: `'${asked}' can mean ${meanings.length} queries: ${meanings.slice(0, listed).join(', ')}${more}`,
    });
  }
  const meant = nearest(asked, known);
  const hint =
    meant === undefined ? "'leash query' on osquery_schedule lists the names" : `did you mean '${meant}'?`;
  return fail({ reason: 'unknown_name', message: `no query and no pack is called '${asked}'; ${hint}` });
};

import type { WhyAnswer } from '../../protocol/why.ts';
import type { ChartSpec } from './chart.ts';

/** What an explanation counts from, besides the facts of its query. */
export type WhyContext = Pick<WhyAnswer, 'now_unix_ms' | 'denial_ms'>;

/** A piece of an explanation, before it is laid out for a terminal. Texts may hold anything from the host. */
export type Block =
  | { readonly kind: 'headline'; readonly text: string }
  /** One fact in plain words, and what it is about. */
  | { readonly kind: 'fact'; readonly about: string; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** What a person can type, and what that does. */
  | { readonly kind: 'command'; readonly command: string; readonly does: string }
  | { readonly kind: 'chart'; readonly chart: ChartSpec };

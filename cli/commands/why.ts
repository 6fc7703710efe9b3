import type { WhyAnswer } from '../../protocol/why.ts';
import type { CommandIo } from '../command-io.ts';
import { terminalJson } from '../output/terminal-text.ts';
import type { Openers } from '../query-service.ts';
import type { Block } from '../why/block.ts';
import { explain } from '../why/explain.ts';
import { layOut } from '../why/layout.ts';
import { counted } from '../why/words.ts';
import { withDaemon } from './with-daemon.ts';

/** What is asked, of whom, and how the answer is shown. */
export interface WhyOptions {
  readonly name: string;
  readonly control: string | undefined;
  readonly json: boolean;
}

/** `leash why NAME [--json]`: why a query was stopped, denied, put off or held back, and what would make it pass. */
export const showWhy = (
  { name, control, json }: WhyOptions,
  io: CommandIo,
  openers: Openers,
): Promise<number> =>
  withDaemon(
    control,
    { io, openers },
    (daemon) => daemon.why(name),
    (answer) => (json ? asJson(answer) : asText(answer, io)),
  );

/** The facts, and beside each query what they mean in words. */
const asJson = (answer: WhyAnswer): string => {
  const queries = answer.queries.map((facts) => ({
    ...facts,
    explanation: explain(facts, answer).map(words),
  }));
  return `${terminalJson(JSON.stringify({ ...answer, queries }, null, 2))}\n`;
};

const words = (block: Block): string => {
  switch (block.kind) {
    case 'headline':
      return block.text;
    case 'fact':
      return `${block.about}: ${block.text}`;
    case 'list':
      return block.items.join(' ');
    case 'command':
      return `${block.command}: ${block.does}`;
    case 'chart':
      return `${block.chart.title} over the run: see evidence.points`;
  }
};

const asText = (answer: WhyAnswer, io: CommandIo): string => {
  const { queries, quiet } = answer;
  const texts = queries.map((facts) => layOut(explain(facts, answer), io));
  if (quiet.length > 0) {
    const others = counted(quiet.length, 'query of the pack has', 'queries of the pack have');
    const text = `${others} nothing to explain: ${quiet.join(', ')}.`;
    texts.push(layOut([{ kind: 'headline', text }], { ...io, colours: false }));
  }
  return texts.join('\n');
};

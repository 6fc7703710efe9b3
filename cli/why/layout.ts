import { styleText } from 'node:util';
import type { CommandIo } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Block } from './block.ts';
import { type ChartLine, drawChart, maxChart_columns } from './chart.ts';

/** Text is laid out so wide at most, and so wide where there is no terminal. */
const widest_columns = 90;

/** What an explanation is laid out for. */
export type Page = Pick<CommandIo, 'colours' | 'unicode' | 'columns'>;

type Style = Parameters<typeof styleText>[0];

/** Lays an explanation out as lines. What came from the host is made harmless here, and only here. */
export const layOut = (blocks: readonly Block[], page: Page): string =>
  blocks
    .flatMap((block) => linesOf(block, page))
    .map((line) => `${line}\n`)
    .join('');

const linesOf = (block: Block, page: Page): readonly string[] => {
  const columns = Math.min(page.columns() ?? widest_columns, widest_columns);
  const painted = (style: Style, text: string): string =>
    page.colours ? styleText(style, text, { validateStream: false }) : text;
  switch (block.kind) {
    case 'headline':
      return wrapped(block.text, '', columns).map((line) => painted('bold', line));
    case 'fact': {
      const [first = '', ...rest] = wrapped(`${block.about}: ${block.text}`, '', columns);
      const about = first.slice(0, block.about.length + 1);
      return ['', `${painted('cyan', about)}${first.slice(about.length)}`, ...rest];
    }
    case 'list':
      return block.items.flatMap((item) => wrapped(item, '  - ', columns));
    case 'command':
      return [
        '',
        `    ${painted('bold', terminalText(block.command))}`,
        `        ${terminalText(block.does)}`,
      ];
    case 'chart': {
      const style = { columns: Math.min(columns, maxChart_columns), unicode: page.unicode };
      return ['', ...drawChart(block.chart, style).map(({ text, part }) => painted(partStyles[part], text))];
    }
  }
};

const partStyles: Readonly<Record<ChartLine['part'], Style>> = {
  title: 'bold',
  plot: 'green',
  limit: 'red',
  axis: 'dim',
};

/** Breaks a text at its spaces; the first line begins with `bullet`, the others below what follows it. */
const wrapped = (text: string, bullet: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of terminalText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && bullet.length + longer.length > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines.map((each, index) => `${index === 0 ? bullet : ' '.repeat(bullet.length)}${each}`);
};

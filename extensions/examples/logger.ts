#!/usr/bin/env node
/** A logger plugin: results and status lines into a file. Started with --logger_plugin=example_logger. */
import { appendFile } from 'node:fs/promises';
import { defineLogger, serve } from 'leash/extension';

const path = process.env.EXAMPLE_LOG ?? '/tmp/example.log';
const severities = ['info', 'warning', 'error', 'fatal'];

/** A line that could not be written is not logged: the error goes to the daemon, which tries again. */
const write = (line: string): Promise<void> => appendFile(path, `${line}\n`);

const logger = defineLogger({
  name: 'example_logger',
  result: (line, category) => write(`result ${category}: ${line}`),
  snapshot: (line) => write(`snapshot: ${line}`),
  async status(lines) {
    for (const { s, f, i, m } of lines) await write(`${severities[s] ?? s} ${f}:${i} ${m}`);
  },
});

await serve({ name: 'example_logger', version: '1.0.0', plugins: [logger] });

import { type MetaCommand, switchCommand } from '../meta-command.ts';

/** Commands about the session: who answers, when it ends. */
export const bail: MetaCommand = switchCommand('bail', 'bail', 'stop at the first error', 3);
export const timer: MetaCommand = switchCommand('timer', 'timer', 'print the time of each statement', 5);
export const pager: MetaCommand = switchCommand('pager', 'pager', 'stop at each screenful, on a terminal', 2);

export const connect: MetaCommand = {
  name: 'connect',
  usage: 'PATH',
  help: "ask the daemon behind a control socket or an extension manager's",
  takes: [1, 1],
  run: async ([path = ''], shell) => {
    const connected = await shell.connect(path);
    if (!connected.ok) shell.fail(connected.error.message);
  },
};

export const disconnect: MetaCommand = {
  name: 'disconnect',
  usage: '',
  help: 'answer in this process again',
  takes: [0, 0],
  run: async (_, shell) => {
    const disconnected = await shell.disconnect();
    if (!disconnected.ok) shell.fail(disconnected.error.message);
  },
};

export const exit: MetaCommand = {
  name: 'exit',
  usage: '[CODE]',
  help: 'leave, with an exit code from 0 to 255',
  takes: [0, 1],
  run: ([code = '0'], { end, fail }) => {
    if (/^\d{1,3}$/.test(code) && Number(code) < 256) end(Number(code));
    else fail(`.exit takes a number from 0 to 255, found '${code}'`);
  },
};

export const quit: MetaCommand = {
  name: 'quit',
  usage: '',
  help: 'leave',
  takes: [0, 0],
  run: (_, { end }) => end(0),
};

export const socket: MetaCommand = {
  name: 'socket',
  usage: '',
  help: 'print the socket of the daemon that answers',
  takes: [0, 0],
  run: (_, { io, connectedTo }) =>
    io.out(`${connectedTo ?? 'No socket: this leashi answers by itself and listens nowhere.'}\n`),
};

export const timeout: MetaCommand = {
  name: 'timeout',
  usage: 'MS',
  help: "taken for the sake of osqueryi's scripts: no table here is ever locked",
  takes: [1, 1],
  shortest: 5,
  run: ([time = ''], { fail }) => {
    if (!/^\d+$/.test(time)) fail(`.timeout takes milliseconds, found '${time}'`);
  },
};

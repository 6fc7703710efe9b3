import type { Answer, Answers, Fault, Method, PluginAnswer } from '../../../protocol/extension/calls.ts';
import type { ExtensionStatus } from '../../../protocol/extension/types.ts';
import { writeInfo } from './calls.ts';
import { readInfo, readOption, readResponse, readStatus } from './read-types.ts';
import type { WireReader } from './wire-reader.ts';
import { messageTypes, wireTypes } from './wire-types.ts';
import { type WireWriter, writeMessage } from './wire-writer.ts';

const { i32, i64, map, string, struct } = wireTypes;

/** Encodes the answer to a call; its sequence id is that of the call. */
export const encodeAnswer = (answer: Answer, sequenceId: number): Buffer =>
  writeMessage({ name: answer.method, type: messageTypes.reply, sequenceId }, (writer) =>
    writeResult(answer, writer),
  );

/** Encodes that a call has no answer. */
export const encodeFault = (method: string, fault: Fault, sequenceId: number): Buffer =>
  writeMessage({ name: method, type: messageTypes.exception, sequenceId }, (writer) => {
    writer.stringField(1, fault.message);
    writer.i32Field(2, fault.type);
  });

export const readFault = (reader: WireReader): Fault => {
  const fault = { type: 0, message: '' };
  reader.struct({
    1: [string, () => (fault.message = reader.string())],
    2: [i32, () => (fault.type = reader.i32())],
  });
  return fault;
};

/** Reads what a method answered; undefined when the result is missing. */
export const readAnswer = <M extends Method>(method: M, reader: WireReader): Answers[M] | undefined => {
  const read: { [Each in Method]: () => Answers[Each] | undefined } = {
    ping: () => result(reader, struct, readStatus),
    call: () => result(reader, struct, readResponse),
    shutdown: () => {
      reader.struct({});
      return undefined;
    },
    extensions: () =>
      result(reader, map, () =>
        reader.map(
          [i64, struct],
          () => reader.i64(),
          () => readInfo(reader),
        ),
      ),
    options: () =>
      result(reader, map, () =>
        reader.map(
          [string, struct],
          () => reader.string(),
          () => readOption(reader),
        ),
      ),
    registerExtension: () => result(reader, struct, readStatus),
    deregisterExtension: () => result(reader, struct, readStatus),
    query: () => result(reader, struct, readResponse),
    getQueryColumns: () => result(reader, struct, readResponse),
  };
  return read[method]();
};

/** The result of a call is field 0 of the struct that answers it. */
const result = <T>(reader: WireReader, type: number, read: (reader: WireReader) => T): T | undefined => {
  let value: T | undefined;
  reader.struct({ 0: [type, () => (value = read(reader))] });
  return value;
};

const writeResult = (answer: Answer, writer: WireWriter): void => {
  switch (answer.method) {
    case 'shutdown':
      return;
    case 'ping':
    case 'registerExtension':
    case 'deregisterExtension': {
      const { value } = answer;
      return writer.structField(0, () => writeStatus(value, writer));
    }
    case 'call':
    case 'query':
    case 'getQueryColumns': {
      const { value } = answer;
      return writer.structField(0, () => writeResponse(value, writer));
    }
    case 'extensions':
      return writer.mapField(0, answer.value, [i64, struct], (uuid, info) => {
        writer.i64(uuid);
        writer.struct(() => writeInfo(info, writer));
      });
    case 'options':
      return writer.mapField(0, answer.value, [string, struct], (name, option) => {
        writer.string(name);
        writer.struct(() => {
          writer.stringField(1, option.value);
          writer.stringField(2, option.defaultValue);
          writer.stringField(3, option.type);
        });
      });
  }
};

const writeStatus = ({ code, message, uuid }: ExtensionStatus, writer: WireWriter): void => {
  writer.i32Field(1, code);
  writer.stringField(2, message);
  writer.i64Field(3, uuid);
};

const writeResponse = ({ status, response }: PluginAnswer, writer: WireWriter): void => {
  writer.structField(1, () => writeStatus(status, writer));
  // A failed call has no rows, but an empty list: clients look into it before they look at the code.
  writer.rowsField(2, status.code === 0 ? response : []);
};

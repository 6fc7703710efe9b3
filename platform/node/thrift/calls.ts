import type { ManagerCall, SentCall } from '../../../protocol/extension/calls.ts';
import type { ExtensionInfo, RegistryRoutes, RouteTable } from '../../../protocol/extension/types.ts';
import { readInfo } from './read-types.ts';
import type { WireReader } from './wire-reader.ts';
import { messageTypes, wireTypes } from './wire-types.ts';
import { type WireWriter, writeMessage } from './wire-writer.ts';

const { i64, list, map, string, struct } = wireTypes;

/** Encodes a call with its arguments. */
export const encodeCall = (call: SentCall, sequenceId: number): Buffer =>
  writeMessage({ name: call.method, type: messageTypes.call, sequenceId }, (writer) =>
    writeArguments(call, writer),
  );

/** Reads the arguments of a method; undefined when there is no such method. A missing one is '', 0 or empty. */
export const readCall = (method: string, reader: WireReader): ManagerCall | undefined => {
  switch (method) {
    case 'ping':
    case 'shutdown':
    case 'extensions':
    case 'options':
      reader.struct({});
      return { method };
    case 'call':
      return readPluginCall(reader);
    case 'registerExtension':
      return readRegistration(reader);
    case 'deregisterExtension': {
      let uuid = 0;
      reader.struct({ 1: [i64, () => (uuid = reader.i64())] });
      return { method, uuid };
    }
    case 'query':
    case 'getQueryColumns': {
      let sql = '';
      reader.struct({ 1: [string, () => (sql = reader.string())] });
      return { method, sql };
    }
    default:
      return undefined;
  }
};

const readPluginCall = (reader: WireReader): ManagerCall => {
  let registry = '';
  let item = '';
  let request = new Map<string, string>();
  reader.struct({
    1: [string, () => (registry = reader.string())],
    2: [string, () => (item = reader.string())],
    3: [map, () => (request = reader.stringMap())],
  });
  return { method: 'call', registry, item, request };
};

const readRegistration = (reader: WireReader): ManagerCall => {
  let info: ExtensionInfo = { name: '', version: '', sdkVersion: '', minSdkVersion: '' };
  let routes: RegistryRoutes = new Map();
  const plugins = (): RouteTable =>
    reader.map(
      [string, list],
      () => reader.string(),
      () => reader.rows(),
    );
  reader.struct({
    1: [struct, () => (info = readInfo(reader))],
    2: [map, () => (routes = reader.map([string, map], () => reader.string(), plugins))],
  });
  return { method: 'registerExtension', info, routes };
};

const writeArguments = (call: SentCall, writer: WireWriter): void => {
  switch (call.method) {
    case 'ping':
    case 'shutdown':
    case 'extensions':
    case 'options':
      return;
    case 'call':
      writer.stringField(1, call.registry);
      writer.stringField(2, call.item);
      return writer.stringMapField(3, call.request);
    case 'registerExtension':
      return writeRegistration(call.info, call.routes, writer);
    case 'deregisterExtension':
      return writer.i64Field(1, call.uuid);
    case 'query':
    case 'getQueryColumns':
      return writer.stringField(1, call.sql);
  }
};

const writeRegistration = (info: ExtensionInfo, routes: RegistryRoutes, writer: WireWriter): void => {
  writer.structField(1, () => writeInfo(info, writer));
  writer.mapField(2, routes, [string, map], (registry, plugins) => {
    writer.string(registry);
    writer.map(plugins, [string, list], (name, route) => {
      writer.string(name);
      writer.rows(route);
    });
  });
};

/** Fields of an `InternalExtensionInfo`. */
export const writeInfo = (info: ExtensionInfo, writer: WireWriter): void => {
  writer.stringField(1, info.name);
  writer.stringField(2, info.version);
  writer.stringField(3, info.sdkVersion);
  writer.stringField(4, info.minSdkVersion);
};

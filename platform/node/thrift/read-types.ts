import type {
  ExtensionInfo,
  ExtensionOption,
  ExtensionResponse,
  ExtensionStatus,
  PluginResponse,
} from '../../../protocol/extension/types.ts';
import type { WireReader } from './wire-reader.ts';
import { wireTypes } from './wire-types.ts';

const { i32, i64, list, string, struct } = wireTypes;

/** A field that is missing is what an unset one is to Thrift: 0 or ''. */
export const readStatus = (reader: WireReader): ExtensionStatus => {
  const status = { code: 0, message: '', uuid: 0 };
  reader.struct({
    1: [i32, () => (status.code = reader.i32())],
    2: [string, () => (status.message = reader.string())],
    3: [i64, () => (status.uuid = reader.i64())],
  });
  return status;
};

export const readResponse = (reader: WireReader): ExtensionResponse => {
  const answer: { status: ExtensionStatus; response: PluginResponse } = {
    status: { code: 0, message: '', uuid: 0 },
    response: [],
  };
  reader.struct({
    1: [struct, () => (answer.status = readStatus(reader))],
    2: [list, () => (answer.response = reader.rows())],
  });
  return answer;
};

export const readInfo = (reader: WireReader): ExtensionInfo => {
  const info = { name: '', version: '', sdkVersion: '', minSdkVersion: '' };
  reader.struct({
    1: [string, () => (info.name = reader.string())],
    2: [string, () => (info.version = reader.string())],
    3: [string, () => (info.sdkVersion = reader.string())],
    4: [string, () => (info.minSdkVersion = reader.string())],
  });
  return info;
};

export const readOption = (reader: WireReader): ExtensionOption => {
  const option = { value: '', defaultValue: '', type: '' };
  reader.struct({
    1: [string, () => (option.value = reader.string())],
    2: [string, () => (option.defaultValue = reader.string())],
    3: [string, () => (option.type = reader.string())],
  });
  return option;
};

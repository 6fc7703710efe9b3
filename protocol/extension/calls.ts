import type {
  ExtensionInfo,
  ExtensionOption,
  ExtensionResponse,
  ExtensionStatus,
  PluginRequest,
  RegistryRoutes,
  SentRequest,
  WireRow,
} from './types.ts';

/** Call of a plugin by its registry and name. An empty item means the active plugin of the registry. */
export interface PluginCall {
  readonly registry: string;
  readonly item: string;
  readonly request: PluginRequest;
}

/** A call of service `Extension`: what every extension serves, and the daemon too. */
export type ExtensionCall =
  | { readonly method: 'ping' }
  | ({ readonly method: 'call' } & PluginCall)
  | { readonly method: 'shutdown' };

/** A call of service `ExtensionManager`, which only the daemon serves. */
export type ManagerCall =
  | ExtensionCall
  | { readonly method: 'extensions' }
  | { readonly method: 'options' }
  | { readonly method: 'registerExtension'; readonly info: ExtensionInfo; readonly routes: RegistryRoutes }
  | { readonly method: 'deregisterExtension'; readonly uuid: number }
  | { readonly method: 'query'; readonly sql: string }
  | { readonly method: 'getQueryColumns'; readonly sql: string };

/** A call as it is sent. */
export type SentCall =
  | Exclude<ManagerCall, { readonly method: 'call' }>
  | ({ readonly method: 'call'; readonly request: SentRequest } & Omit<PluginCall, 'request'>);

export type Method = ManagerCall['method'];

/** What each method answers. */
export interface Answers {
  readonly ping: ExtensionStatus;
  readonly call: ExtensionResponse;
  readonly shutdown: undefined;
  readonly extensions: ReadonlyMap<number, ExtensionInfo>;
  readonly options: ReadonlyMap<string, ExtensionOption>;
  readonly registerExtension: ExtensionStatus;
  readonly deregisterExtension: ExtensionStatus;
  readonly query: ExtensionResponse;
  readonly getQueryColumns: ExtensionResponse;
}

/** What a plugin answers: its rows may hold bytes. */
export interface PluginAnswer {
  readonly status: ExtensionStatus;
  readonly response: readonly WireRow[];
}

/** An answer together with the method that it answers. */
export type Answer = {
  readonly [M in Method]: {
    readonly method: M;
    readonly value: M extends 'call' ? PluginAnswer : Answers[M];
  };
}[Method];

/** Why a call has no answer (Thrift's TApplicationException, by its numbers). */
export const faultTypes = {
  unknown: 0,
  unknownMethod: 1,
  invalidMessageType: 2,
  wrongMethodName: 3,
  badSequenceId: 4,
  missingResult: 5,
  internalError: 6,
  protocolError: 7,
} as const;

/** A call that has no answer, said by the peer. */
export interface Fault {
  readonly type: number;
  readonly message: string;
}

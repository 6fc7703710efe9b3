import type { AttachedExtension } from './extension/attachment.ts';
import type { PluginRequest, PluginResponse, WireRow } from './extension/types.ts';
import type { Failure, Result } from './result.ts';

/** Why nothing came back. `too_large`: more than was asked for at most; `bad_request`: it cannot be asked at all. */
export type NetworkFailure = Failure<
  'bad_request' | 'unreachable' | 'timed_out' | 'too_large' | 'redirected_too_often' | 'broken_off'
>;

/** A request over HTTP/1.1, without a body. */
export interface HttpRequest {
  /** Absent: GET. PUT is what some services of clouds hand out tokens for. */
  readonly method?: 'PUT';
  /** `http:` or `https:`. With `socketPath` its host is only what the `Host` header says. */
  readonly url: string;
  /** Unix socket to speak through in place of the URL's host and port. */
  readonly socketPath?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From the first look-up of a name to the last byte, redirects included. */
  readonly timeout_ms: number;
  /** The largest body that is taken. */
  readonly bodyMax_bytes: number;
  /** How many redirects are followed; 0: the redirect itself is the answer. */
  readonly redirectsMax: number;
  /** Certificates (PEM) of the authorities that a peer over https is checked against; absent: those that Node has. */
  readonly authorities?: string;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** From the first request to the last byte, redirects included. */
  readonly elapsed_ms: number;
  readonly body: Uint8Array;
}

/**
 * A value of D-Bus (https://dbus.freedesktop.org/doc/dbus-specification.html, "Type System"). 64-bit integers are
 * bigints, arrays and structs are lists, an entry of a dictionary is a list of two, and a variant is what it holds.
 */
export type BusValue = string | number | bigint | boolean | readonly BusValue[];

/** A method call; arguments of other types than text are not needed. */
export interface BusCall {
  /** Name of who is called, as `org.freedesktop.systemd1`. */
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly arguments: readonly string[];
}

/** Calls of one connection to a message bus. Nobody is started to answer them. */
export interface BusRequest {
  /** Unix socket of the bus. */
  readonly socketPath: string;
  readonly calls: readonly BusCall[];
  /** From the connection to the last reply. */
  readonly timeout_ms: number;
  /** The most bytes of all replies together. */
  readonly repliesMax_bytes: number;
}

/** What a call returned; `refused`: the bus or who was called answered with an error, whose name begins the message. */
export type BusReply = Result<readonly BusValue[], Failure<'refused'>>;

/** Whose certificate is asked for. */
export interface CertificateRequest {
  /** Name or address; also the name that the peer is asked to show a certificate for (SNI), unless it is an address. */
  readonly host: string;
  readonly port: number;
  readonly timeout_ms: number;
}

/**
 * Why an extension did not answer. `silent`: not even a ping; `failed`: it says so itself, in its own words; `too_large`:
 * its answer to this one call is larger than what the run may read.
 */
export type ExtensionFailure = Failure<
  'no_listener' | 'silent' | 'unreachable' | 'hung_up' | 'refused' | 'bad_answer' | 'too_large' | 'failed'
>;

/** A call of a table of an extension. */
export interface TableCall {
  readonly extension: Pick<AttachedExtension, 'uuid' | 'path' | 'socketDueAt_ms'>;
  readonly table: string;
  readonly request: PluginRequest;
}

/** Rows in batches as they come, and how it ended. What is not taken holds the extension up; `return` hangs up. */
export type ExtensionRows = AsyncGenerator<readonly WireRow[], Result<void, ExtensionFailure>, undefined>;

/** Calls of tables of extensions, each on a connection of its own and after a ping, as osquery makes them. */
export interface ExtensionDoor {
  /** A call whose answer may be large. Values of the columns `binary` come as bytes. */
  rows(call: TableCall, binary: ReadonlySet<string>): ExtensionRows;
  /** A call whose answer is small. */
  change(call: TableCall): Promise<Result<PluginResponse, ExtensionFailure>>;
}

/**
 * The network door (the only way from a table to a socket). It is there in workers of profile `net` alone. Every call
 * has a deadline and a cap and ends with its run; what is received counts as read bytes of the run. Nothing throws for
 * what a peer may do; only a used-up budget does, and the query ends with it.
 */
export interface HostNetwork {
  /** A peer over https whose certificate no authority stands for is `unreachable`. */
  get(request: HttpRequest): Promise<Result<HttpAnswer, NetworkFailure>>;
  /** The certificate that a TLS peer shows, in DER. It is not judged: that a bad one is there is what is asked about. */
  certificate(request: CertificateRequest): Promise<Result<Uint8Array, NetworkFailure>>;
  /** Replies in the order of the calls. A peer that speaks no D-Bus, or that does not let this user in, is `broken_off`. */
  callBus(request: BusRequest): Promise<Result<readonly BusReply[], NetworkFailure>>;
  /** What is waited here is told by extension when the run ends: time in an extension is charged to it. */
  readonly extensions: ExtensionDoor;
}

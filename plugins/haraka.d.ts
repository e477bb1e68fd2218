/** The few types of Haraka 3 that our plugins use; Haraka publishes none. */

declare module 'haraka-constants' {
  const constants: {
    readonly cont: number;
    readonly ok: number;
    readonly deny: number;
    readonly denysoft: number;
    readonly denydisconnect: number;
    readonly denysoftdisconnect: number;
    readonly connection: { readonly state: Readonly<Record<string, number>> };
  };
  // biome-ignore lint/style/noDefaultExport: what Node makes of a CommonJS module
  export default constants;
}

/** `retval` is one of haraka-constants; a reply is text or an object of a class named DSN. */
type HarakaNext = (retval?: number, reply?: unknown) => void;

interface HarakaAddress {
  /** addr-spec, empty for the null reverse-path. */
  readonly address: string;
  readonly user: string;
  readonly host: string | null;
  isNull(): boolean;
}

interface HarakaHeader {
  readonly header_list: string[];
  remove(name: string): void;
  add(name: string, value: string): void;
  add_end(name: string, value: string): void;
}

interface HarakaTransaction {
  readonly uuid: string;
  readonly mail_from: HarakaAddress;
  readonly rcpt_to: HarakaAddress[];
  readonly notes: Record<string, unknown>;
  readonly header: HarakaHeader;
  readonly results: { add(plugin: { name: string }, result: Record<string, unknown>): void };
  data_bytes: number;
  discard_data: boolean;
  msg_status?: string;
  message_stream: { destroy(): void; get_data?: (options: object, done: (data: Buffer) => void) => void };
  add_data(line: Buffer): void;
  add_header(name: string, value: string): void;
  add_leading_header(name: string, value: string): void;
  remove_header(name: string): void;
}

interface HarakaSocket {
  /** The TCP or TLS socket behind Haraka's own stream; missing in tests. */
  readonly targetsocket?: import('node:net').Socket;
  pause(): void;
  resume(): void;
}

interface HarakaConnection {
  readonly uuid: string;
  readonly client: HarakaSocket;
  readonly remote: {
    readonly ip: string;
    readonly host: string | null;
    readonly closed: boolean;
    readonly is_local: boolean;
  };
  readonly hello: { readonly host: string | null; readonly verb: string | null };
  readonly tls: {
    readonly enabled: boolean;
    readonly cipher: { readonly name?: string; readonly standardName?: string; readonly version?: string };
  };
  readonly notes: Record<string, unknown>;
  readonly relaying: boolean;
  readonly transaction: HarakaTransaction | null;
  capabilities: string[];
  /** Notes one result for the Authentication-Results field, which Haraka writes itself in place of those that came. */
  auth_results(result: string): string;
  state: number;
  current_data: Buffer | null;
  awaiting_data_reply: boolean;
  msg_count: { accept: number; tempfail: number; reject: number };
  /** Methods of the class that `deliver` puts its own in front of. */
  process_data?: (chunk: Buffer) => void;
  _process_data: (() => void) | undefined;
  data_done(): void;
  respond(code: number, text: unknown, after?: () => void): void;
  reset_transaction(after?: () => void): void;
  resume(): void;
  disconnect(): void;
}

interface HarakaPlugin {
  readonly name: string;
  register_hook(hook: string, method: string, priority?: number): void;
}

interface HarakaServer {
  readonly notes: Record<string, unknown>;
  readonly listeners: import('node:net').Server[];
  /** Set where Haraka forks workers. */
  readonly cluster?: { readonly isMaster: boolean };
  readonly plugins: {
    readonly registered_hooks: Readonly<Record<string, ReadonlyArray<{ readonly plugin: string }>>>;
  };
}

/** One item of Haraka's log. */
interface HarakaLogItem {
  readonly level: string;
  readonly data: string;
}

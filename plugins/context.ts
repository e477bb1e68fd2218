import { randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { type Admission, openAdmission } from '../delivery/admission.ts';
import { type Config, loadConfig } from '../delivery/config.ts';
import { type DeliveryLog, openDeliveryLog } from '../delivery/delivery-log.ts';
import type { Line } from '../delivery/line.ts';
import { type Log, openLog } from '../delivery/log.ts';
import { type OctetBudget, openReceivingRoom } from '../delivery/octet-budget.ts';
import { openJudgeLine, openParts, type Parts } from '../delivery/open.ts';
import { openRecipients, type Recipients } from '../delivery/recipients.ts';
import { doorNotes } from './notes.ts';

/** What the plugins of one process share. */
export interface DoorContext {
  readonly config: Config;
  readonly log: Log;
  readonly line: Line;
  /** Null where neither `recipients` nor `deliver` is loaded: then nothing of ours is stored here. */
  readonly owned: OwnedParts | null;
  close(): Promise<void>;
}

export interface OwnedParts {
  readonly parts: Parts;
  readonly recipients: Recipients;
  readonly deliveryLog: DeliveryLog;
  /** Null where all mail is taken at any time. */
  readonly admission: Admission | null;
}

/** Told as `{ state: 'ready', server }`, `{ state: 'failed', error }` and `{ state: 'closed' }`. */
const news = channel('caliopen:smtp');

/**
 * The one holder of changing state in a process of ours: Haraka gives plugins no constructor. Everything in it is
 * opened once and closed at shutdown.
 */
const held: {
  basics: { config: Config; log: Log } | null;
  context: Promise<DoorContext> | null;
  readonly connections: Set<HarakaConnection>;
  /** Names under which Haraka has loaded plugins of ours. */
  readonly plugins: Map<string, string>;
  isClosing: boolean;
  /** Octets of mail data that may be held before their end was seen. */
  readonly room: OctetBudget;
  /** Called when the last connection has gone. */
  onIdle: (() => void) | null;
} = {
  basics: null,
  context: null,
  connections: new Set(),
  plugins: new Map(),
  room: openReceivingRoom(),
  isClosing: false,
  onIdle: null,
};

/** Shared by all transactions of this process. */
export function receivingRoom(): OctetBudget {
  return held.room;
}

/** Called by `register` of each plugin: `word` is which of ours it is, `plugin.name` what Haraka calls it. */
export function declarePlugin(word: string, plugin: HarakaPlugin): void {
  held.plugins.set(plugin.name, word);
}

/** Line mode: our `deliver` is loaded and runs the stages of the others. All plugins are loaded before any hook runs. */
export function isLineMode(): boolean {
  return hasPlugin('deliver');
}

/** Which plugins of ours are loaded. */
export function declaredPlugins(): ReadonlySet<string> {
  return new Set(held.plugins.values());
}

function hasPlugin(word: string): boolean {
  for (const declared of held.plugins.values()) if (declared === word) return true;
  return false;
}

/** Whether plugins of others take part in these hooks, so that Haraka must see the message, too. */
export function hasForeignHooks(server: HarakaServer, hooks: readonly string[]): boolean {
  return hooks.some(hook =>
    server.plugins.registered_hooks[hook]?.some(registered => !held.plugins.has(registered.plugin)),
  );
}

/** Haraka's server object: it gives it to plugins as a global. */
export function harakaServer(): HarakaServer {
  return (globalThis as unknown as { server: HarakaServer }).server;
}

/** Counts a connection in. */
export function enterConnection(connection: HarakaConnection): void {
  held.connections.add(connection);
}

/** Those that are served now. */
export function openConnections(): ReadonlySet<HarakaConnection> {
  return held.connections;
}

export function leaveConnection(connection: HarakaConnection): void {
  held.connections.delete(connection);
  if (held.connections.size === 0) held.onIdle?.();
}

/** True once shutdown has begun: what is under way is finished, nothing new is begun. */
export function isClosing(): boolean {
  return held.isClosing;
}

/** Log of the door: usable before the parts are open. Throws `SettingsError`. */
export function doorLog(): Log {
  return basics().log;
}

/** Settings of the door: the file named by CALIOPEN_CONFIG, else caliopen.yaml of the Haraka folder; and the environment. */
export function doorConfig(): Config {
  return basics().config;
}

function basics(): { config: Config; log: Log } {
  if (!held.basics) {
    const beside = join(env.HARAKA ?? '.', 'config', 'caliopen.yaml');
    const file = env.CALIOPEN_CONFIG ?? (existsSync(beside) ? beside : undefined);
    const config = loadConfig({ file, environment: env });
    held.basics = { config, log: openLog(config['log.level'] as Parameters<typeof openLog>[0]) };
  }
  return held.basics;
}

/** The shared parts, opened at the first call. Rejects with what can't be opened, and tries anew at the next call. */
export function openContext(): Promise<DoorContext> {
  held.context ??= open().catch(error => {
    held.context = null;
    throw error;
  });
  return held.context;
}

async function open(): Promise<DoorContext> {
  const { config, log } = basics();
  if (!hasPlugin('recipients') && !isLineMode()) {
    // Nothing is kept or opened with it: somebody else's Haraka may not write to any data folder.
    const instanceKey = randomBytes(32);
    const line = openJudgeLine(config, instanceKey, { store: null, log, metrics: null });
    return { config, log, line, owned: null, close: () => line.close() };
  }
  const parts = await openParts(config, { log, door: 'smtp' });
  const admission = openAdmission(config, { senders: parts.store, log });
  const owned = { parts, recipients: openRecipients(parts), deliveryLog: openDeliveryLog(parts), admission };
  return { config, log, line: parts.line(), owned, close: () => parts.close() };
}

/** Opens the parts when Haraka has its sockets; a door that can't open them ends. */
export async function startDoor(server: HarakaServer): Promise<void> {
  // The process that forks the workers takes no mail itself.
  if (server.cluster?.isMaster) return;
  try {
    await openContext();
    news.publish({ state: 'ready', server });
  } catch (error) {
    news.publish({ state: 'failed', error });
    throw error;
  }
}

/** At shutdown: idle connections are told 421, busy ones finish their message, then all is closed. */
export async function closeDoor(): Promise<void> {
  if (held.isClosing) return;
  held.isClosing = true;
  for (const connection of held.connections) sayGoodbye(connection);
  await noConnections();
  const context = await held.context?.catch(() => null);
  await context?.close();
  news.publish({ state: 'closed' });
}

const closeLimitMilliseconds = 25_000;

function noConnections(): Promise<void> {
  if (held.connections.size === 0) return Promise.resolve();
  return new Promise(resolve => {
    held.onIdle = resolve;
    setTimeout(resolve, closeLimitMilliseconds).unref();
  });
}

/** Ends a connection that waits for its client's next command; one in the middle of a message is left alone. */
export function sayGoodbye(connection: HarakaConnection): void {
  if (doorNotes(connection.transaction)?.isBusy) return;
  connection.respond(421, '4.3.2 Service is shutting down, please try again later', () =>
    connection.disconnect(),
  );
}

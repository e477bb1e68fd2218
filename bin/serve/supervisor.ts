import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { openCertificate } from '../../delivery/certificate.ts';
import { checkCertificateFolder } from '../../delivery/certificates/folder.ts';
import { type Config, environmentName } from '../../delivery/config.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { checkListening, chosenDoors, type DoorName } from './door.ts';
import { readableLogLine } from './log-lines.ts';
import { settingsEnvironment } from './settings-environment.ts';
import type { StopWish } from './stop-wish.ts';

/**
 * Words for Node that keep a door's memory small: the DNS door reads all published keys at its start, and what it reads
 * in passing would stay in a large nursery of objects; half of its memory, and no slower.
 */
const memoryWords: Readonly<Partial<Record<DoorName, readonly string[]>>> = {
  dns: ['--max-semi-space-size=4'],
};

/** So many pools of memory for its threads, in glibc: with one for each, some 20 MB of what they gave back stay theirs. */
const memoryEnvironment: Readonly<Partial<Record<DoorName, Readonly<Record<string, string>>>>> = {
  dns: { MALLOC_ARENA_MAX: '2' },
};

/** What a door's process tells the supervisor. */
export type DoorNews =
  | { readonly kind: 'ready'; readonly address: string; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface ReadyDoor {
  readonly name: DoorName;
  readonly address: string;
  readonly port: number;
}

/** Doors under one supervisor. */
export interface Doors {
  readonly ready: readonly ReadyDoor[];
  /** Ends all doors cleanly; resolves when their processes have gone. */
  stop(): Promise<void>;
}

export interface DoorsOptions {
  /** Log lines as JSON, else as a person reads them. */
  readonly json?: boolean;
  /** Called for each door as it is ready, also after a restart. */
  readonly onReady?: (door: ReadyDoor) => void;
  /** Once it is made, a door that ends is no fall: Ctrl-C reaches the doors, too, and often first. */
  readonly wish?: StopWish;
  /** Where log lines go; standard error when left out. */
  readonly stderr?: NodeJS.WritableStream;
}

const stopLimitMilliseconds = 30_000;
const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 30_000;
/** A door that has stood this long is restarted without a pause when it falls. */
const steadyMilliseconds = 60_000;

/**
 * Starts the chosen doors, one process each in this process group, and restarts one that crashes. Resolves when all are
 * ready; when one can't start, stops the others and throws what that one said. All ports that are taken are told
 * at once, and a folder of certificates that can't be read, before any door starts.
 */
export async function startDoors(config: Config, options: DoorsOptions = {}): Promise<Doors> {
  const names = chosenDoors(config);
  if (config['tls.folder']) await checkCertificateFolder(config['tls.folder']);
  await checkListening(names, config);
  // Made before the doors look for it, so that they all show the same one.
  await openCertificate(config);
  const keepers = names.map(name => new DoorKeeper(name, config, options));
  const stop = () => Promise.all(keepers.map(keeper => keeper.stop())).then(() => undefined);
  try {
    return { ready: await Promise.all(keepers.map(keeper => keeper.start())), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

class DoorKeeper {
  readonly #name: DoorName;
  readonly #config: Config;
  readonly #options: DoorsOptions;
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();
  #isStopping = false;
  #pauseMilliseconds = firstPauseMilliseconds;
  #restart: NodeJS.Timeout | undefined;
  /** The port given at the first start holds for the next ones. */
  #port: number | null = null;

  constructor(name: DoorName, config: Config, options: DoorsOptions) {
    this.#name = name;
    this.#config = config;
    this.#options = options;
  }

  start(): Promise<ReadyDoor> {
    const { promise, resolve, reject } = Promise.withResolvers<ReadyDoor>();
    const startedAt = performance.now();
    let wasReady = false;
    const child = this.#spawn();
    child.on('message', (news: DoorNews) => {
      if (news.kind === 'failed') return reject(new DeliveryError('internal', news.message));
      wasReady = true;
      this.#port = news.port;
      const door = { name: this.#name, address: news.address, port: news.port };
      this.#options.onReady?.(door);
      return resolve(door);
    });
    child.once('error', reject);
    this.#gone = new Promise(gone => {
      child.once('exit', (code, signal) => {
        gone();
        reject(
          new DeliveryError(
            'internal',
            `the ${this.#name} door ended before it was ready (${signal ?? code})`,
          ),
        );
        if (wasReady || this.#port !== null) this.#startAgain({ code, signal, startedAt });
      });
    });
    return promise;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const kill = setTimeout(() => this.#child?.kill('SIGKILL'), stopLimitMilliseconds);
    this.#child?.kill('SIGTERM');
    await this.#gone;
    clearTimeout(kill);
  }

  #spawn(): ChildProcess {
    const main = join(import.meta.dirname, '..', `main${extname(import.meta.filename)}`);
    const port = this.#port === null ? {} : { [environmentName(`${this.#name}.port`)]: String(this.#port) };
    const { CALIOPEN_CONFIG: _file, ...inherited } = env;
    const child = fork(main, ['serve', this.#name], {
      env: {
        ...memoryEnvironment[this.#name],
        ...inherited,
        ...settingsEnvironment(this.#config),
        ...port,
      },
      execArgv: ['--disable-warning=ExperimentalWarning', ...(memoryWords[this.#name] ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', line => this.#print(line));
    }
    return child;
  }

  #print(line: string): void {
    const { json = false, stderr = process.stderr } = this.#options;
    stderr.write(`${json ? line : readableLogLine(this.#name, line)}\n`);
  }

  #startAgain(fall: { code: number | null; signal: NodeJS.Signals | null; startedAt: number }): void {
    if (this.#isStopping || this.#options.wish?.isMade) return;
    const stood = performance.now() - fall.startedAt;
    if (stood > steadyMilliseconds) this.#pauseMilliseconds = firstPauseMilliseconds;
    const pause = this.#pauseMilliseconds;
    this.#pauseMilliseconds = Math.min(pause * 2, longestPauseMilliseconds);
    this.#print(
      JSON.stringify({
        level: 'error',
        time: new Date().toISOString(),
        event: 'doorFell',
        door: this.#name,
        code: fall.code,
        signal: fall.signal,
        restartMilliseconds: pause,
      }),
    );
    this.#restart = setTimeout(() => {
      this.start().catch(error => this.#print(String(error)));
    }, pause);
  }
}

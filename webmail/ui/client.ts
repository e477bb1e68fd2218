import {
  capabilities,
  csrfHeader,
  type Invocation,
  type JmapResponse,
  type Problem,
  paths,
  type SignedIn,
  type SignIn,
  type StateChange,
  type Ticket,
  type TicketPurpose,
} from '../wire.ts';

/** A request that did not succeed. `status` is the HTTP status, 0 when the server could not be reached. */
export class RequestError extends Error {
  readonly status: number;
  /** JMAP error type, when a method answered with one. */
  readonly type: string | null;
  /** When to try again (RFC 9110 §10.2.3), null where it wasn't said. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, type: string | null = null, retryAfterSeconds: number | null = null) {
    super(type ?? `status ${status}`);
    this.status = status;
    this.type = type;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The server, as the screens see it. Every method throws `RequestError`. */
export interface Client {
  /** Who is signed in, null when nobody is. */
  whoAmI(): Promise<SignedIn | null>;
  signIn(form: SignIn): Promise<SignedIn>;
  signOut(): Promise<void>;
  /** What the page has fetched beside its scripts: the answers to the calls for tags and inbox, as `call` gives them. */
  firstList(): Promise<Record<string, Record<string, unknown>>>;
  /** Runs method calls in order; gives the arguments of each response by call id. */
  call(calls: readonly Invocation[]): Promise<Record<string, Record<string, unknown>>>;
  /** Address of a blob; a ticket for downloads behind it (`&ticket=`) opens it once. */
  blobAddress(blob: BlobAddress): string;
  /** The octets of a blob. */
  fetchBlob(blob: BlobAddress): Promise<Blob>;
  /** Its first octets, at most so many; the rest is not fetched. */
  fetchBeginning(blob: BlobAddress, octets: number): Promise<Uint8Array>;
  ticket(purpose: TicketPurpose): Promise<string>;
  /** What stands at a path of the door that is no JMAP. */
  read<T>(path: string): Promise<T>;
  /** Makes something there. */
  post<T>(path: string, body: unknown): Promise<T>;
  /** Takes away what stands there. */
  remove(path: string): Promise<void>;
  /**
   * Calls `listener` when something has changed, or may have while nobody told, until the returned function is called.
   * `onOpen`: from now on it is told.
   */
  watch(listener: WatchListener, onOpen?: () => void): () => void;
}

/** Is told the types that changed (RFC 8620 §7.1), null when nobody knows which. */
export type WatchListener = (types: readonly string[] | null) => void;

export interface BlobAddress {
  readonly accountId: string;
  readonly blobId: string;
  readonly name: string;
  readonly type: string;
}

const using = Object.values(capabilities);

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { [csrfHeader]: '1', 'Content-Type': 'application/json' },
      ...init,
    });
  } catch {
    throw new RequestError(0);
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  const seconds = Number(response.headers.get('Retry-After'));
  throw new RequestError(response.status, problem?.type ?? null, seconds > 0 ? seconds : null);
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await request(path, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as T;
}

async function read<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await request(path, init)).json()) as T;
}

/** Takes what the page has preloaded: to Firefox a request with header fields of its own would be another one. */
function preloaded<T>(path: string): Promise<T> {
  return read(path, { headers: {} });
}

async function remove(path: string): Promise<void> {
  await request(path, { method: 'DELETE' });
}

function readResponses(response: JmapResponse): Record<string, Record<string, unknown>> {
  const byCall: Record<string, Record<string, unknown>> = {};
  for (const [name, args, callId] of response.methodResponses) {
    if (name === 'error') throw new RequestError(200, String(args.type));
    byCall[callId] = args;
  }
  return byCall;
}

function blobAddress({ accountId, blobId, name, type }: BlobAddress): string {
  const [account, blob, file] = [accountId, blobId, name || 'file'].map(encodeURIComponent);
  return `${paths.download}${account}/${blob}/${file}?type=${encodeURIComponent(type)}`;
}

async function fetchBeginning(blob: BlobAddress, octets: number): Promise<Uint8Array> {
  const reader = (await request(blobAddress(blob))).body?.getReader();
  const beginning = new Uint8Array(octets);
  let filled = 0;
  while (reader && filled < octets) {
    const { value } = await reader.read();
    if (!value) break;
    const piece = value.subarray(0, octets - filled);
    beginning.set(piece, filled);
    filled += piece.byteLength;
  }
  await reader?.cancel();
  return beginning.subarray(0, filled);
}

async function whoAmI(): Promise<SignedIn | null> {
  try {
    return await preloaded<SignedIn>(paths.session);
  } catch (error) {
    if (error instanceof RequestError && error.status === 401) return null;
    throw error;
  }
}

async function ticket(purpose: TicketPurpose): Promise<string> {
  return (await post<Ticket>(paths.tickets, { purpose })).ticket;
}

const retryMilliseconds = 5000;

/**
 * The event stream is opened anew with a fresh ticket when it breaks, after a pause. A ticket's address is another one,
 * so the browser sends no Last-Event-ID: what changed in the pause is not told, and everything is looked at again.
 */
function watch(listener: WatchListener, onOpen?: () => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  let hasPaused = false;
  const again = () => {
    hasPaused = true;
    source?.close();
    if (!isStopped) timer = setTimeout(open, retryMilliseconds);
  };
  async function open(): Promise<void> {
    try {
      const value = await ticket('eventSource');
      if (isStopped) return;
      const query = new URLSearchParams({ types: '*', closeafter: 'no', ping: '60', ticket: value });
      source = new EventSource(`${paths.eventSource}?${query}`);
      source.addEventListener('open', () => (hasPaused ? listener(null) : onOpen?.()));
      source.addEventListener('state', ({ data }) => listener(typesOf(data)));
      source.addEventListener('error', again);
    } catch (error) {
      // A session that was ended elsewhere: whoever looks again is told.
      if (error instanceof RequestError && error.status === 401) listener(null);
      else again();
    }
  }
  void open();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    source?.close();
  };
}

function typesOf(data: string): string[] {
  const { changed } = JSON.parse(data) as StateChange;
  return Object.values(changed).flatMap(Object.keys);
}

/** The client of the web door this page came from. */
export const client: Client = {
  whoAmI,
  signIn: form => post<SignedIn>(paths.session, form),
  signOut: () => remove(paths.session),
  firstList: async () => readResponses(await preloaded<JmapResponse>(paths.firstList)),
  call: async methodCalls => readResponses(await post<JmapResponse>(paths.jmap, { using, methodCalls })),
  blobAddress,
  fetchBeginning,
  fetchBlob: async blob => (await request(blobAddress(blob))).blob(),
  ticket,
  read,
  post,
  remove,
  watch,
};

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import * as v from 'valibot';
import type { Arrival, Recipient } from '../delivery/delivery.ts';
import { DeliveryError } from '../delivery/errors.ts';
import { openLog } from '../delivery/log.ts';
import { openJudgeParts, openParts, type Parts } from '../delivery/open.ts';
import { type Assessment, assess } from '../delivery/pipeline.ts';
import type { Store } from '../delivery/store/store.ts';
import type { CommandContext } from './command.ts';
import { explainFileError } from './file-error.ts';

/** What a door would have seen (DESIGN.md, "Command line"); every key may be left out. */
const sessionShape = v.strictObject({
  remoteAddress: v.optional(v.nullable(v.pipe(v.string(), v.ip()))),
  remoteName: v.optional(v.nullable(v.string())),
  helo: v.optional(v.nullable(v.string())),
  mailFrom: v.optional(v.string()),
  recipients: v.optional(v.array(v.string())),
  tls: v.optional(
    v.nullable(
      v.object({ version: v.optional(v.nullable(v.string())), cipher: v.optional(v.nullable(v.string())) }),
    ),
  ),
  localTime: v.optional(
    v.pipe(
      v.string(),
      v.check(text => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 time'),
    ),
  ),
});
type GivenSession = v.InferOutput<typeof sessionShape>;

/** `caliopen inspect [FILE|-]`: the whole assessment of a message as JSON, nothing stored. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('inspect [file]')
    .description(
      'print the whole assessment of a message as JSON without storing it (- or nothing: standard input)',
    )
    .option('--recipient <address>', 'judge it for this account')
    .option('--session <file>', 'JSON of what a door would have seen')
    .action((file: string | undefined, options: { recipient?: string; session?: string }) =>
      inspect(context, file ?? '-', options),
    );
}

async function inspect(
  context: CommandContext,
  file: string,
  options: { recipient?: string; session?: string },
): Promise<void> {
  const session = options.session === undefined ? {} : readSession(options.session);
  const raw = file === '-' ? await readAll(context.stdin) : readMessage(file);
  const asked = options.recipient === undefined ? (session.recipients ?? []) : [options.recipient];
  const assessment =
    asked.length === 0
      ? await judgeForInstance(context, arrivalOf(raw, session, []))
      : await judgeForOwners(context, raw, session, asked);
  context.stdout.write(`${JSON.stringify(printed(assessment), null, context.json() ? 0 : 2)}\n`);
}

/** One recipient's findings stand at the top; several are listed one by one as well. */
function printed({ message, owners }: Assessment): Record<string, unknown> {
  const [first] = owners;
  return { message, ...first, ...(owners.length > 1 ? { recipients: owners } : {}) };
}

async function judgeForInstance(context: CommandContext, arrival: Arrival): Promise<Assessment> {
  const deps = await openJudgeParts({
    config: context.config(),
    instanceKey: new Uint8Array(32),
    ports: null,
  });
  return assess(arrival, {}, { ...deps, log: openLog('error') });
}

async function judgeForOwners(
  context: CommandContext,
  raw: Uint8Array,
  session: GivenSession,
  asked: readonly string[],
): Promise<Assessment> {
  const parts = await openParts(context.config(), { log: openLog('error') });
  try {
    const recipients = await Promise.all(asked.map(address => resolve(parts.store, address)));
    const assessment = await parts.line().assess(arrivalOf(raw, session, recipients));
    await recordOpened(assessment, recipients, parts);
    return assessment;
  } finally {
    await parts.close();
  }
}

/** The owner sees every look, also at a message that is stored nowhere (DESIGN.md, promise 6). */
async function recordOpened(
  { owners }: Assessment,
  recipients: readonly Recipient[],
  { store, clock }: Pick<Parts, 'store' | 'clock'>,
): Promise<void> {
  for (const { recipient, findings } of owners) {
    const accountId = recipients.find(({ forwardPath }) => forwardPath === recipient)?.accountId;
    if (accountId === undefined || findings.decrypt?.opened !== true) continue;
    const entry = { at: clock.now(), actor: 'operator', action: 'mailOpened', detail: { means: 'inspect' } };
    await store.appendAudit(accountId, entry);
  }
}

async function resolve(store: Store, forwardPath: string): Promise<Recipient> {
  const found = await store.resolveAddress(forwardPath);
  if (!found)
    throw new DeliveryError('unknownRecipient', `no mailbox ${forwardPath} here; see caliopen account list`);
  return { forwardPath, accountId: found.accountId };
}

function arrivalOf(raw: Uint8Array, session: GivenSession, recipients: readonly Recipient[]): Arrival {
  const { tls } = session;
  return {
    door: 'inspect',
    id: randomUUID(),
    raw,
    reversePath: (session.mailFrom ?? '').replace(/^<|>$/g, ''),
    session: {
      source: 'live',
      remoteAddress: session.remoteAddress ?? null,
      remoteName: session.remoteName ?? null,
      helo: session.helo ?? null,
      tls: tls ? { version: tls.version ?? null, cipher: tls.cipher ?? null } : tls,
      authenticatedUser: null,
    },
    receivedAt: session.localTime ? new Date(session.localTime) : new Date(),
    recipients,
    trustedHops: 0,
  };
}

function readSession(file: string): GivenSession {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why =
      explainFileError(error, null, file) ?? `${file}: ${error instanceof Error ? error.message : error}`;
    throw new DeliveryError('badInput', why, { cause: error });
  }
  const read = v.safeParse(sessionShape, given);
  if (read.success) return read.output;
  const faults = read.issues.map(issue => `${file}: ${v.getDotPath(issue) ?? '(whole)'}: ${issue.message}`);
  throw new DeliveryError('badInput', faults.join('\n'));
}

function readMessage(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new DeliveryError('badInput', explainFileError(error, null, file) ?? `${file}: ${error}`, {
      cause: error,
    });
  }
}

async function readAll(stdin: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return new Uint8Array(Buffer.concat(chunks));
}

import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from './config.ts';
import type { Arrival } from './delivery.ts';
import { asDeliveryError, DeliveryError, type ErrorCode } from './errors.ts';
import { learnActs } from './learn-acts.ts';
import { release } from './octets.ts';
import { openJudgeParts } from './open.ts';
import { assess, type Judging, type PipelineDeps, run } from './pipeline.ts';
import { answerPing, isTakenOver, noteRunning, type Pulse } from './pulse.ts';
import type { StageName } from './stages.ts';
import type { StorePorts } from './store/shared-store.ts';

/** What the parts of a judge thread are built from. */
export interface JudgeSetup {
  readonly config: Config;
  readonly instanceKey: Uint8Array;
  /** Null where nothing is stored or looked up (`inspect` without a recipient). */
  readonly ports: StorePorts | null;
}

export interface JudgeRequest {
  readonly id: number;
  /** `learn`: the acts that wait in the account of the one recipient; the arrival holds nothing else. */
  readonly kind: 'deliver' | 'assess' | 'learn';
  readonly arrival: Arrival;
  readonly stages: readonly StageName[] | undefined;
  readonly unjudged: boolean;
}

/** What is counted of one request. */
export interface JudgeCounts {
  readonly failed: readonly string[];
  /** One for each owner whose mail was judged. */
  readonly judgings: readonly Judging[];
  /** Messages that were stored and teach by themselves. */
  readonly lessons: number;
}

export type JudgeReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown; readonly counts: JudgeCounts }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: ErrorCode;
      readonly detail: string;
    };

/** Asked now and then while there is work: a thread that does not come to it is stuck. */
export interface Ping {
  readonly ping: number;
}

/** The thread's own life: built from `workerData`, one reply for each request. */
function serve(port: NonNullable<typeof parentPort>, setup: JudgeSetup & { pulse: Pulse }): void {
  const parts = openParts(setup);
  const { pulse } = setup;
  port.on('message', (request: JudgeRequest | Ping) => {
    if ('ping' in request) answerPing(pulse, request.ping);
    else if (!isTakenOver(pulse, request.id))
      answer(request, parts, pulse).then(reply => port.postMessage(reply));
  });
}

/** The parts, from now on. A store that can't be reached is told to whoever asks, and tried again for the next one. */
function openParts(setup: JudgeSetup): () => Promise<PipelineDeps> {
  let opening: Promise<PipelineDeps> | null = null;
  const open = (): Promise<PipelineDeps> => {
    opening ??= openJudgeParts(setup).catch(error => {
      opening = null;
      throw error;
    });
    return opening;
  };
  open().catch(() => {});
  return open;
}

async function answer(
  request: JudgeRequest,
  parts: () => Promise<PipelineDeps>,
  pulse: Pulse,
): Promise<JudgeReply> {
  const { id, kind, arrival, stages, unjudged } = request;
  const judgings: Judging[] = [];
  let lessons = 0;
  const done = (value: unknown, failed: readonly string[] = []): JudgeReply => {
    return { id, ok: true, value, counts: { failed, judgings, lessons } };
  };
  try {
    const deps = await parts();
    const options = {
      ...{ stages, unjudged, onStage: () => noteRunning(pulse, id) },
      onJudged: (judging: Judging) => void judgings.push(judging),
      onLesson: () => lessons++,
    };
    options.onStage();
    if (kind === 'learn') return done(await learn(arrival, options, deps));
    if (kind === 'assess') return done(await assess(arrival, options, deps));
    const { outcomes, failed } = await run(arrival, options, deps);
    release(arrival.raw);
    return done(outcomes, failed);
  } catch (error) {
    const known = asDeliveryError(error);
    return { id, ok: false, code: known.code, detail: known.message };
  }
}

async function learn(
  { recipients }: Arrival,
  { unjudged, onStage }: { unjudged: boolean; onStage: () => void },
  { lessons }: PipelineDeps,
): Promise<{ left: number }> {
  const [owner] = recipients;
  if (!owner || !lessons) throw new DeliveryError('internal', 'nobody to learn for');
  return learnActs(owner.accountId, { onMessage: onStage, isCareful: unjudged }, lessons);
}

if (parentPort) serve(parentPort, workerData as JudgeSetup & { pulse: Pulse });

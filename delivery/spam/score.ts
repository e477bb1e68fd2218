import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { Session } from '../delivery.ts';
import type { Message } from '../message/shape.ts';
import type { ReputationFindings } from '../reputation/findings.ts';
import { allClasses, type FeatureClass } from './classes.ts';
import { type JudgedFeatures, judgedFeatures } from './features.ts';
import type { Evidence, ScoreFindings, Verdict } from './findings.ts';
import { contributions, fuse } from './fusion.ts';
import { importanceOf } from './importance.ts';
import { probability } from './learner.ts';
import { inputsOf, type Model } from './model.ts';
import type { Opinion } from './personal/opinion.ts';
import { reasonsOf } from './reasons.ts';
import { listRules } from './rules/sender.ts';
import { isAligned, type OwnerEvidence, type RuleEvidence, ruleRows } from './rules.ts';
import { ownerSignalsOf } from './signals.ts';

/** A message to be judged for one owner, or for the instance. */
export interface ScoreRequest {
  readonly message: Message;
  readonly authentication: AuthenticationFindings | null;
  readonly session?: Session | undefined;
  readonly reputation?: ReputationFindings | undefined;
  /** The sender is a correspondent of the owner; counts only when authentication proves the sender's domain. */
  readonly knownSender: boolean;
  readonly model: Model;
  /** Probability from which the verdict is `spam`. */
  readonly junkAt: number;
  /** Probability above which the verdict is `reject`; 1 rejects nothing. */
  readonly rejectAt: number;
  readonly only?: ReadonlySet<FeatureClass> | undefined;
  /** Gives the features of the same message with the same evidence, where another owner's judging took them. */
  readonly features?: (() => JudgedFeatures) | undefined;
  /** Whom the owner knows; left out for the instance as a whole. */
  readonly owner?: OwnerEvidence | undefined;
  /** What the owner's acts, and everybody's, say about these features; left out where none are known. */
  readonly opinion?: ((features: JudgedFeatures) => Opinion) | undefined;
}

/** What a proven correspondent takes off the log-odds. */
const knownSenderWeight = -3;

/**
 * Judges a message. The same message with the same evidence and model gives the same findings. Never throws: what
 * could not be judged has the verdict `unknown` and passes.
 */
export function scoreMessage(request: ScoreRequest): ScoreFindings {
  try {
    return judge(request);
  } catch {
    return { ...unknownFindings, model: modelName(request.model) };
  }
}

/** Findings of a message that could not be judged: it passes, visibly unscored. */
const unknownFindings: Omit<ScoreFindings, 'model'> = {
  score: null,
  verdict: 'unknown',
  harmful: false,
  importance: 'normal',
  reasons: [],
};

function judge(request: ScoreRequest): ScoreFindings {
  const { message, model, only } = request;
  const authentication = request.authentication ?? undefined;
  const known = { authentication, session: request.session, reputation: request.reputation };
  const taken =
    request.features?.() ?? judgedFeatures(message, { ...(only ? { only } : {}), evidence: known });
  const features = withOwner(taken, request, known);
  const isAuthenticated = authentication !== undefined && isAligned(authentication);
  const evidence = evidenceOf(features, request, isAuthenticated);
  const verdict = verdictOf(evidence, request);
  return {
    score: scoreOf(evidence),
    verdict,
    harmful: isHarmful(features, verdict),
    importance:
      verdict === 'ham'
        ? importanceOf(message, { knownSender: request.knownSender, isAuthenticated })
        : 'low',
    reasons: reasonsOf(evidence, new Map(features.signals.map(({ id, detail }) => [id, detail]))),
    evidence,
    isPartial: features.isPartial,
    model: modelName(model),
  };
}

/** The features with what holds for this owner alone: those that owners share stay as they are. */
function withOwner(features: JudgedFeatures, request: ScoreRequest, evidence: RuleEvidence): JudgedFeatures {
  const { message, owner, only } = request;
  if (!owner) return features;
  const signals = ownerSignalsOf(
    { message, hosts: features.webHosts ?? [], owner, evidence },
    only ?? allClasses,
  );
  return signals.length === 0 ? features : { ...features, signals: [...features.signals, ...signals] };
}

/** Probability of spam by kept evidence: what `scoreMessage` gave when it was taken. */
export function scoreOf(evidence: readonly Evidence[]): number {
  return probability(sumOf(evidence));
}

function sumOf(evidence: readonly Evidence[]): number {
  return evidence.reduce((sum, [, , weight]) => sum + weight, 0);
}

/** Log-odds of spam by all but what acts have taught; null where the evidence was not kept. */
export function untaughtLogOdds({ evidence }: Pick<ScoreFindings, 'evidence'>): number | null {
  return evidence ? sumOf(evidence.filter(([id]) => !taught.has(id))) : null;
}

const taught: ReadonlySet<string> = new Set(['personal', 'shared']);

/** Public lists alone refuse nothing: what is refused would be junk without them, too. */
function verdictOf(evidence: readonly Evidence[], { junkAt, rejectAt }: ScoreRequest): Verdict {
  const score = scoreOf(evidence);
  const own = evidence.filter(([id]) => !listRules.has(id));
  if (score > rejectAt && scoreOf(own) >= junkAt) return 'reject';
  return score >= junkAt ? 'spam' : 'ham';
}

/** Every part of the log-odds: their sum is the log-odds. Rounded here, so that what is kept is what was judged by. */
function evidenceOf(features: JudgedFeatures, request: ScoreRequest, isAuthenticated: boolean): Evidence[] {
  const { model } = request;
  const inputs = inputsOf(model, features);
  const parts = contributions(model.fusion, inputs);
  const rest = fuse(model.fusion, inputs) - parts.reduce((sum, part) => sum + part, 0);
  const { personal, shared } = request.opinion?.(features) ?? noOpinion;
  const all: Evidence[] = [
    ...inputs.map(([id, value], at) => [id, value, parts[at] ?? 0] as const),
    ['scale', 1, rest],
    ...(request.knownSender && isAuthenticated ? [['knownSender', 1, knownSenderWeight] as const] : []),
    ['personal', 1, personal],
    ['shared', 1, shared],
  ];
  return all
    .map(([id, value, weight]) => [id, rounded(value), rounded(weight)] as const)
    .filter(([, , weight]) => weight !== 0);
}

const noOpinion: Opinion = { personal: 0, shared: 0 };

/** Six decimals are more than any judgement depends on. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

const harmById: ReadonlyMap<string, number> = new Map(ruleRows.map(({ id, harm }) => [id, harm ?? 0]));

/** Phishing or malware: several strong signs together, or a program; and the message is not plainly wanted. */
function isHarmful(features: JudgedFeatures, verdict: Verdict): boolean {
  const harm = features.signals.reduce((sum, { id, value }) => sum + (harmById.get(id) ?? 0) * value, 0);
  return harm >= 1 && (verdict !== 'ham' || features.signals.some(({ id }) => id === 'executableContent'));
}

/** Form of the model and how much it had learned: `2:prior:120+80` after 120 ham and 80 spam. */
function modelName({ prior, counts }: Model): string {
  return `2:${prior ? 'prior' : 'bare'}:${counts.ham}+${counts.spam}`;
}

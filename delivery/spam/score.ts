import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { Session } from '../delivery.ts';
import type { Message } from '../message/shape.ts';
import type { ReputationFindings } from '../reputation/findings.ts';
import type { FeatureClass } from './classes.ts';
import { type JudgedFeatures, judgedFeatures } from './features.ts';
import type { Reason, ScoreFindings, Verdict } from './findings.ts';
import { contributions } from './fusion.ts';
import { importanceOf } from './importance.ts';
import { probability } from './learner.ts';
import { inputsOf, type Model } from './model.ts';
import { listRules } from './rules/sender.ts';
import { isAligned, rules } from './rules.ts';
import { viewNames } from './views.ts';

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
}

/** What a proven correspondent takes off the log-odds. */
const knownSenderWeight = -3;
const maxReasons = 8;
const leastWeight = 0.15;

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
  const evidence = { authentication, session: request.session, reputation: request.reputation };
  const features = request.features?.() ?? judgedFeatures(message, { ...(only ? { only } : {}), evidence });
  const isAuthenticated = authentication !== undefined && isAligned(authentication);
  const reasons = reasonsOf(model, features);
  if (request.knownSender && isAuthenticated) reasons.push({ id: 'knownSender', weight: knownSenderWeight });
  const score = scoreOf(reasons);
  const verdict = verdictOf(reasons, request);
  return {
    score,
    verdict,
    harmful: isHarmful(features, verdict),
    importance:
      verdict === 'ham'
        ? importanceOf(message, { knownSender: request.knownSender, isAuthenticated })
        : 'low',
    reasons: strongest(reasons),
    model: modelName(model),
  };
}

function scoreOf(reasons: readonly Reason[]): number {
  return probability(reasons.reduce((sum, { weight }) => sum + weight, 0));
}

/** Public lists alone refuse nothing: what is refused would be junk without them, too. */
function verdictOf(reasons: readonly Reason[], { junkAt, rejectAt }: ScoreRequest): Verdict {
  const score = scoreOf(reasons);
  const own = reasons.filter(({ id }) => !listRules.has(id));
  if (score > rejectAt && scoreOf(own) >= junkAt) return 'reject';
  return score >= junkAt ? 'spam' : 'ham';
}

/** Every part of the log-odds: their sum is the log-odds. */
function reasonsOf(model: Model, features: JudgedFeatures): Reason[] {
  const inputs = inputsOf(model, features);
  const parts = contributions(model.fusion, inputs);
  const details = new Map(features.signals.map(({ id, detail }) => [id, detail]));
  const reasons = inputs.map(([id], at) => {
    const detail = details.get(id);
    return { id: learned.get(id) ?? id, weight: parts[at] ?? 0, ...(detail ? { detail } : {}) };
  });
  return merged(reasons);
}

/** The learners, as one reason: which of them saw it is nothing to a reader. */
const learned: ReadonlyMap<string, string> = new Map(viewNames.map(name => [name, 'learned']));

function merged(reasons: readonly Reason[]): Reason[] {
  const byId = new Map<string, Reason>();
  for (const reason of reasons) {
    const earlier = byId.get(reason.id);
    byId.set(reason.id, earlier ? { ...earlier, weight: earlier.weight + reason.weight } : reason);
  }
  return [...byId.values()];
}

/** What is shown: the heaviest reasons, rounded; the bias is none. */
function strongest(reasons: readonly Reason[]): Reason[] {
  return reasons
    .filter(({ id, weight }) => id !== 'bias' && Math.abs(weight) >= leastWeight)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, maxReasons)
    .map(reason => ({ ...reason, weight: Math.round(reason.weight * 100) / 100 }));
}

const harmById: ReadonlyMap<string, number> = new Map(rules.map(({ id, harm }) => [id, harm ?? 0]));

/** Phishing or malware: several strong signs together, or a program; and the message is not plainly wanted. */
function isHarmful(features: JudgedFeatures, verdict: Verdict): boolean {
  const harm = features.signals.reduce((sum, { id, value }) => sum + (harmById.get(id) ?? 0) * value, 0);
  return harm >= 1 && (verdict !== 'ham' || features.signals.some(({ id }) => id === 'executableContent'));
}

/** Form of the model and how much it had learned: `1:prior:120+80` after 120 ham and 80 spam. */
function modelName({ prior, counts }: Model): string {
  return `1:${prior ? 'prior' : 'bare'}:${counts.ham}+${counts.spam}`;
}

const otherReasons: Readonly<Record<string, { readonly en: string; readonly fr: string }>> = {
  learned: {
    en: 'Compared with the mail that was learned here',
    fr: 'Comparé au courrier appris ici',
  },
  prior: {
    en: 'Compared with what unwanted mail is like in general',
    fr: 'Comparé au courrier indésirable en général',
  },
  knownSender: {
    en: 'You write with this sender, and the address is proven',
    fr: 'Vous correspondez avec cet expéditeur, et son adresse est prouvée',
  },
};

/** The words of a reason; the id itself for one of a later version. */
export function reasonText(id: string, language: 'en' | 'fr'): string {
  return (rules.find(rule => rule.id === id)?.words ?? otherReasons[id])?.[language] ?? id;
}

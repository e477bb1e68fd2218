import { isForgedResults } from './authenticate/authserv-id.ts';
import { resultsOf } from './authenticate/results-field.ts';
import type { OwnerAssessment } from './pipeline.ts';
import { type StageName, stageNames } from './stages.ts';

/** What a stage says about a message where it works for the instance in somebody else's mail server. */
interface InstanceField {
  /** The part of `X-Caliopen-…` that names the stage. */
  readonly name: string;
  /** What it needs from others to say anything: with `score` alone, `authenticate` still runs for it. */
  readonly needs: readonly StageName[];
  /** One line; `unknown` where the stage failed. */
  summary(owner: OwnerAssessment): string;
}

/** A header field without its colon. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

const prefix = 'X-Caliopen-';

const instanceFields: Readonly<Record<StageName, InstanceField>> = {
  authenticate: {
    name: 'Authentication',
    needs: [],
    summary({ findings: { authenticate } }) {
      if (!authenticate) return 'unknown';
      const { spf, dkim, dmarc, arc } = authenticate;
      const signatures = dkim.map(({ result, domain }) => `dkim=${result} (${domain})`);
      return [`spf=${spf.result}`, ...signatures, `dmarc=${dmarc.result}`, `arc=${arc.result}`].join('; ');
    },
  },
  reputation: {
    name: 'Reputation',
    needs: ['authenticate'],
    summary({ findings: { reputation } }) {
      if (!reputation) return 'unknown';
      const { standing, lists, filter } = reputation;
      const entries = lists.map(({ zone, code }) => `${zone}=${code}`);
      const said = filter ? `${filter.filter}=${filter.score}/${filter.required}` : 'none';
      return `standing=${standing ?? 'unknown'}; lists=${entries.join(',') || 'none'}; filter=${said}`;
    },
  },
  decrypt: {
    name: 'Protection',
    needs: [],
    summary({ findings: { decrypt } }) {
      if (!decrypt) return 'unknown';
      return `form=${decrypt.form}; encryption=${decrypt.encryption}; signature=${decrypt.signature}`;
    },
  },
  score: {
    name: 'Score',
    needs: ['authenticate', 'reputation'],
    summary({ findings: { score } }) {
      if (!score) return 'unknown';
      const probability = score.score === null ? 'unknown' : score.score.toFixed(4);
      const reasons = score.reasons.slice(0, 8).map(reason => reason.id);
      return `${probability}; verdict=${score.verdict}; reasons=${reasons.join(',') || 'none'}`;
    },
  },
  privacy: {
    name: 'Privacy',
    needs: ['authenticate', 'decrypt'],
    summary({ index }) {
      if (!index) return 'unknown';
      const { technical, behaviour, context } = index.parts;
      return `level=${index.level}; value=${index.value}; technical=${technical}; behaviour=${behaviour}; context=${context}`;
    },
  },
  tag: {
    name: 'Tags',
    needs: ['authenticate', 'reputation', 'score'],
    summary({ findings: { tag } }) {
      return tag ? tag.roles.join(', ') || 'none' : 'unknown';
    },
  },
};

/** The field that tells what a stage found: one line of printable ASCII. */
export function instanceField(stage: StageName, owner: OwnerAssessment): HeaderField {
  const { name, summary } = instanceFields[stage];
  return { name: `${prefix}${name}`, value: oneLine(summary(owner)) };
}

/** The field of a stage that did not run; `why` is one word. */
export function unjudgedField(stage: StageName, why: string): HeaderField {
  return { name: `${prefix}${instanceFields[stage].name}`, value: oneLine(`unknown; unjudged=${why}`) };
}

/** Whether a field speaks in our name, which nobody but us may do. */
export function isInOurName(name: string): boolean {
  return /^x-caliopen-/i.test(name);
}

/** Whether a field of a message speaks for us: in our name, or as results of this host (RFC 8601 §5). */
export function isForged(field: HeaderField, hostname: string): boolean {
  return isInOurName(field.name) || isForgedResults(field, hostname);
}

/** Our Authentication-Results (RFC 8601), a result on each line; null where the stage failed. Lines end with `lineEnd`. */
export function resultsFieldOf(
  { findings: { authenticate } }: OwnerAssessment,
  { hostname, lineEnd }: { hostname: string; lineEnd: string },
): HeaderField | null {
  if (!authenticate) return null;
  const results = resultsOf(authenticate.authenticationResults).map(wholeOrBare);
  return { name: 'Authentication-Results', value: [hostname, ...results].join(`;${lineEnd}\t`) };
}

/** The results alone, for a server that writes the field itself. */
export function resultsToTell({ findings: { authenticate } }: OwnerAssessment): string[] {
  return authenticate ? resultsOf(authenticate.authenticationResults).map(wholeOrBare) : [];
}

/** These stages and those that they need, in the order of the line. */
export function withNeeded(asked: readonly StageName[]): StageName[] {
  const wanted = new Set(asked.flatMap(stage => [stage, ...instanceFields[stage].needs]));
  return stageNames.filter(stage => wanted.has(stage));
}

/** Longest line that is written: RFC 5322 §2.1.1 allows 998 characters with the name of the field. */
const maxCharacters = 900;

function oneLine(text: string): string {
  return printable(text).slice(0, maxCharacters);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?');
}

/** A result, or without its properties where they are too long: cut inside a quoted word, it would quote what follows. */
function wholeOrBare(result: string): string {
  const text = printable(result);
  return text.length <= maxCharacters ? text : (text.split(' ')[0] ?? '');
}

import type { AuthenticationFindings } from '../../authenticate/findings.ts';
import type { Session } from '../../delivery.ts';
import type { ReputationFindings } from '../../reputation/findings.ts';
import type { FeatureClass } from '../classes.ts';
import type { Link } from '../links.ts';
import type { Look, LookedAttachment } from '../look.ts';

/** What a rule may look at besides the message. A missing key is not known. The same for every owner of a message. */
export interface RuleEvidence {
  readonly authentication?: AuthenticationFindings | undefined;
  readonly session?: Session | undefined;
  readonly reputation?: ReputationFindings | undefined;
}

/** A rule that holds: how strongly, 0..1 (1 when left out), and what it was seen in. */
export interface Found {
  readonly value?: number;
  /** Text out of the message: hostile, cut before it is kept. */
  readonly detail?: string;
}

/** The words of a reason. */
export interface Words {
  readonly en: string;
  readonly fr: string;
}

/** What every rule has, whatever it looks at. */
export interface RuleRow {
  readonly id: string;
  /** What it reads: it takes part when the class `rules` does or all of these do. */
  readonly reads: readonly FeatureClass[];
  /** Log-odds of spam in a model that has learned nothing; the model's own weight replaces it with time. */
  readonly weight: number;
  /** Share in the verdict `harmful`, which needs 1 in all. */
  readonly harm?: number;
  /** The reason as a reader sees it. */
  readonly words: Words;
}

/** A rule about the message: the same for all its owners. */
export interface Rule extends RuleRow {
  readonly find: (look: Look, evidence: RuleEvidence) => Found | null;
}

/** A finding without more to say, where something holds. */
export const yes = (holds: boolean, detail?: string): Found | null =>
  holds ? (detail === undefined ? {} : { detail }) : null;

/** The first link for which something holds, as a finding that shows its host. */
export function foundLink(look: Look, holds: (link: Link) => boolean): Found | null {
  const link = look.links.find(holds);
  return link ? { detail: shownLink(link) } : null;
}

/** A link as a reason shows it. */
export function shownLink({ host, scheme }: Link): string {
  return host || scheme;
}

/** The first attachment for which something holds, as a finding that shows its name. */
export function foundAttachment(look: Look, holds: (file: LookedAttachment) => boolean): Found | null {
  const file = look.attachments.find(holds);
  return file ? { detail: file.name || file.mediaType } : null;
}

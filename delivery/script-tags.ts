import type { ScriptAction, ScriptOutcome } from './sieve/shape.ts';
import type { TagName, TagRole } from './store/store.ts';
import { tagOfPath, tagOfRole } from './tag-paths.ts';
import type { TagFindings } from './tags/findings.ts';

type TagReason = TagFindings['reasons'][number];
type Filing = Extract<ScriptAction, { kind: 'fileinto' }>;

/** Rules that a reason names where a script is why; `delivery/tags/words.ts` says them. */
export const scriptRules = {
  filed: 'sieve',
  discarded: 'sieve:discard',
  unknown: 'sieve:unknown',
  failed: 'sieve:failed',
} as const;

/** A tag that a script wants and that is not there yet. */
export interface WantedTag {
  readonly path: string;
  readonly line: number;
}

/** What a script made of what the tag stage had decided. */
export interface ScriptedTags {
  readonly tags: TagFindings;
  /** To be made when the email is stored. */
  readonly wanted: readonly WantedTag[];
}

/**
 * What the owner's script decides, behind the system's rules. `keep` is the place that mail has without a script, the
 * inbox or junk; `fileinto` takes mail out of both, but what is forged or harmful stays in junk. What is discarded is
 * in the trash and never lost; what is filed into a mailbox that is not there is kept.
 */
export function scriptTags(
  before: TagFindings,
  outcome: ScriptOutcome,
  tags: readonly TagName[],
): ScriptedTags {
  const { actions, failure } = outcome;
  if (failure) {
    const text = lineText(failure.line, failure.text);
    return {
      tags: withReasons(before, [{ tag: placeOf(before, tags), rule: scriptRules.failed, text }]),
      wanted: [],
    };
  }
  const filings = actions.filter(action => action.kind === 'fileinto').map(action => placed(action, tags));
  const isKept =
    actions.some(({ kind }) => kind === 'keep') || filings.some(({ place }) => place === 'unknown');
  const keywords = keywordsOf(actions);
  const discard = actions.find(action => action.kind === 'discard');
  if (discard && !isKept && filings.length === 0) return discarded(before, tags, discard.line);
  const filed = filings.flatMap(({ filing, place }) =>
    typeof place === 'object' ? { filing, tag: place } : [],
  );
  const staysJunk = isHarmful(before);
  const given = staysJunk ? filed.filter(({ tag }) => tag.role === null) : filed;
  const left = isKept || staysJunk ? before : takenOut(before);
  const unknown = filings.filter(({ place }) => place === 'unknown').map(({ filing }) => filing);
  return {
    tags: {
      roles: unique([...left.roles, ...given.flatMap(({ tag }) => tag.role ?? [])]),
      tagIds: unique([...left.tagIds, ...given.flatMap(({ tag }) => (tag.role === null ? tag.id : []))]),
      keywords: unique([...left.keywords, ...keywords.map(({ keyword }) => keyword)]),
      reasons: [
        ...left.reasons,
        ...given.map(({ filing, tag }) => ({
          tag: tag.id,
          rule: scriptRules.filed,
          text: lineText(filing.line),
        })),
        ...keywords.map(({ keyword, line }) => ({
          tag: keyword,
          rule: scriptRules.filed,
          text: lineText(line),
        })),
        ...unknown.map(({ line, mailbox }) => ({
          tag: placeOf(before, tags),
          rule: scriptRules.unknown,
          text: lineText(line, mailbox),
        })),
      ],
    },
    wanted: filings
      .filter(({ place }) => place === 'wanted')
      .map(({ filing: { mailbox, line } }) => ({ path: mailbox, line })),
  };
}

/** Where a filing leads: to a tag, to one that is to be made, or nowhere. */
function placed(
  filing: Filing,
  tags: readonly TagName[],
): { filing: Filing; place: TagName | 'wanted' | 'unknown' } {
  const role = filing.specialUse === null ? null : roleOfAttribute(filing.specialUse);
  const tag = (role && tagOfRole(role, tags)) ?? tagOfPath(filing.mailbox, tags);
  return { filing, place: tag ?? (filing.create ? 'wanted' : 'unknown') };
}

/** Special-use attributes (RFC 6154 §2) that tags can have. */
const attributes: Readonly<Record<string, TagRole>> = {
  '\\archive': 'archive',
  '\\drafts': 'drafts',
  '\\junk': 'junk',
  '\\sent': 'sent',
  '\\trash': 'trash',
};

/** The role that a special-use attribute means, null where tags have none like it. */
export function roleOfAttribute(attribute: string): TagRole | null {
  const key = attribute.toLowerCase();
  return (Object.hasOwn(attributes, key) ? attributes[key] : null) ?? null;
}

/** Reasons for junk that no script outweighs: a forged sender may be just the one that the script trusts. */
const harmfulRules: ReadonlySet<string> = new Set(['forged', 'harmful']);

function isHarmful({ reasons }: TagFindings): boolean {
  return reasons.some(({ tag, rule }) => tag === 'junk' && harmfulRules.has(rule));
}

/** Out of the place that the implicit keep would be; what else was decided stays. */
function takenOut({ tagIds, keywords, reasons }: TagFindings): TagFindings {
  return {
    roles: [],
    tagIds,
    keywords: keywords.filter(keyword => keyword !== '$junk'),
    reasons: reasons.filter(({ tag }) => tag !== 'junk'),
  };
}

function discarded(before: TagFindings, tags: readonly TagName[], line: number): ScriptedTags {
  const tag = tagOfRole('trash', tags)?.id ?? 'trash';
  const reasons = [{ tag, rule: scriptRules.discarded, text: lineText(line) }];
  return { tags: { roles: ['trash'], tagIds: [], keywords: before.keywords, reasons }, wanted: [] };
}

/** Id of the tag where it is without a script. */
function placeOf({ roles, tagIds }: TagFindings, tags: readonly TagName[]): string {
  const [role] = roles;
  return (role && tagOfRole(role, tags)?.id) ?? role ?? tagIds[0] ?? '';
}

function withReasons(before: TagFindings, reasons: readonly TagReason[]): TagFindings {
  return { ...before, reasons: [...before.reasons, ...reasons] };
}

/** IMAP's own flags as JMAP calls them (RFC 8621 §4.1.1); it has none for `\Deleted`. */
const systemFlags: Readonly<Record<string, string>> = {
  '\\seen': '$seen',
  '\\flagged': '$flagged',
  '\\answered': '$answered',
  '\\draft': '$draft',
};
const keywordForm = /^[^\x00-\x20\x7f-\uffff(){\]%*"\\]{1,255}$/;

/** An email has its keywords once, whatever it is filed into: those of all actions together. */
function keywordsOf(actions: readonly ScriptAction[]): { keyword: string; line: number }[] {
  const found = new Map<string, number>();
  for (const action of actions) {
    if (action.kind === 'discard') continue;
    for (const flag of action.flags) {
      const lower = flag.toLowerCase();
      const keyword = Object.hasOwn(systemFlags, lower) ? (systemFlags[lower] ?? lower) : lower;
      if (keywordForm.test(keyword) && !found.has(keyword)) found.set(keyword, action.line ?? 0);
    }
  }
  return [...found].map(([keyword, line]) => ({ keyword, line }));
}

/** `line 12`, or `line 12: detail`; empty where no line says it. */
function lineText(line: number, detail: string = ''): string {
  const place = line > 0 ? `line ${line}` : '';
  return detail === '' ? place : `${place}: ${detail.slice(0, 200).toWellFormed()}`;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

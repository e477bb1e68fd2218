import { html } from 'htm/preact';
import type { EmailTagReason, Mailbox } from '../../wire.ts';
import { patchOf } from '../acts.ts';
import { automaticWords, kindOfKeyword } from '../locales/automatic.ts';
import type { FullEmail } from '../mail.ts';
import { listAddress } from '../route.ts';
import { useApp } from '../state.ts';
import { MessageImportance } from './message-importance.ts';
import { Opener } from './opener.ts';
import { tagName } from './tag-name.ts';

interface Props {
  readonly email: FullEmail;
  readonly reload: () => void;
}

/** What nobody put there by hand: automatic tags, each with its reason and a way to be rid of it, and the importance. */
export function MessageWhy({ email, reload }: Props) {
  const { state } = useApp();
  const words = automaticWords[state.language];
  const reasonOf = (tag: string) => email.tagReasons.find(reason => reason.tag === tag);
  const explained = state.tags.flatMap(tag => {
    const reason = email.mailboxIds[tag.id] && tag.role === null ? reasonOf(tag.id) : undefined;
    return reason ? [{ tag, reason }] : [];
  });
  const marks = Object.keys(email.keywords).flatMap(keyword => {
    const reason = isMark(keyword) ? reasonOf(keyword) : undefined;
    return reason ? [{ keyword, reason }] : [];
  });
  return html`<div class="tag-editor whys" role="group" aria-label=${words.why}>
    ${Object.keys(email.keywords).map(
      keyword =>
        kindOfKeyword(keyword) &&
        html`<${AutomaticTag} key=${keyword} email=${email} keyword=${keyword} reason=${reasonOf(keyword)} />`,
    )}
    ${explained.map(
      ({ tag, reason }) => html`<${OwnTag} key=${tag.id} email=${email} tag=${tag} reason=${reason} />`,
    )}
    ${marks.map(
      ({ keyword, reason }) =>
        html`<${Mark} key=${keyword} email=${email} keyword=${keyword} reason=${reason} />`,
    )}
    <${MessageImportance} email=${email} reload=${reload} />
  </div>`;
}

/** Keywords that are told by name: a message that is open is read anyway, and junk says why above. */
function isMark(keyword: string): boolean {
  return !kindOfKeyword(keyword) && keyword !== '$seen' && keyword !== '$junk';
}

/** What held the focus is about to go: what stays of the group takes its place. */
function focusSummary(part: EventTarget | null): void {
  if (part instanceof Element)
    part.closest('.whys')?.querySelector<HTMLElement>('.why:last-child > summary')?.focus();
}

interface AutomaticProps {
  readonly email: FullEmail;
  readonly keyword: string;
  readonly reason: EmailTagReason | undefined;
}

function AutomaticTag({ email, keyword, reason }: AutomaticProps) {
  const { state, actions } = useApp();
  const words = automaticWords[state.language];
  const kind = kindOfKeyword(keyword);
  if (!kind) return null;
  const name = words.kinds[kind];
  const takeOff = ({ currentTarget }: Event) => {
    focusSummary(currentTarget);
    void actions.change(email, { keywords: { [keyword]: null } }, words.taken(name));
  };
  return html`<${Opener} icon="tag" name=${name}>
    <p>${reason ? reason[state.language] : words.byHand}</p>
    <a class="button small" href=${listAddress({ kind: 'search', text: words.searches[kind] })}>${words.all}</a>
    <button class="button small" onClick=${takeOff}>${words.notThis}</button>
  <//>`;
}

interface OwnProps {
  readonly email: FullEmail;
  readonly tag: Mailbox;
  readonly reason: EmailTagReason;
}

function OwnTag({ email, tag, reason }: OwnProps) {
  const { state, words: shared } = useApp();
  const patch = patchOf({ tagId: tag.id, isAdded: false }, email, state.tags);
  return html`<${Given} email=${email} name=${tagName(tag, shared)} reason=${reason} patch=${patch} />`;
}

interface MarkProps {
  readonly email: FullEmail;
  readonly keyword: string;
  readonly reason: EmailTagReason;
}

function Mark({ email, keyword, reason }: MarkProps) {
  const { state } = useApp();
  const name = automaticWords[state.language].marks[keyword] ?? keyword;
  const patch = { keywords: { [keyword]: null } };
  return html`<${Given} email=${email} name=${name} reason=${reason} patch=${patch} />`;
}

interface GivenProps {
  readonly email: FullEmail;
  readonly name: string;
  readonly reason: EmailTagReason;
  /** Takes it off; null where it can't be. */
  readonly patch: Parameters<ReturnType<typeof useApp>['actions']['change']>[1] | null;
}

/** What a rule or a script of the owner's gave. */
function Given({ email, name, reason, patch }: GivenProps) {
  const { state, actions } = useApp();
  const words = automaticWords[state.language];
  const takeOff = ({ currentTarget }: Event) => {
    focusSummary(currentTarget);
    if (patch) void actions.change(email, patch, words.removed(name));
  };
  return html`<${Opener} icon="help" name=${words.ownTag(name)}>
    <p dir="auto">${reason[state.language]}</p>
    ${reason.origin === 'rule' && html`<a class="button small" href=${listAddress({ kind: 'page', id: 'rules' })}>${words.rule}</a>`}
    <button class="button small" onClick=${takeOff}>${words.remove}</button>
  <//>`;
}

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
  return html`<div class="tag-editor whys" role="group" aria-label=${words.why}>
    ${Object.keys(email.keywords).map(
      keyword =>
        kindOfKeyword(keyword) &&
        html`<${AutomaticTag} key=${keyword} email=${email} keyword=${keyword} reason=${reasonOf(keyword)} />`,
    )}
    ${explained.map(
      ({ tag, reason }) => html`<${OwnTag} key=${tag.id} email=${email} tag=${tag} reason=${reason} />`,
    )}
    <${MessageImportance} email=${email} reload=${reload} />
  </div>`;
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
  const { state, words: shared, actions } = useApp();
  const words = automaticWords[state.language];
  const name = tagName(tag, shared);
  const takeOff = ({ currentTarget }: Event) => {
    focusSummary(currentTarget);
    const patch = patchOf({ tagId: tag.id, isAdded: false }, email, state.tags);
    if (patch) void actions.change(email, patch, words.removed(name));
  };
  return html`<${Opener} icon="help" name=${words.ownTag(name)}>
    <p dir="auto">${reason[state.language]}</p>
    ${reason.origin === 'rule' && html`<a class="button small" href=${listAddress({ kind: 'page', id: 'rules' })}>${words.rule}</a>`}
    <button class="button small" onClick=${takeOff}>${words.remove}</button>
  <//>`;
}

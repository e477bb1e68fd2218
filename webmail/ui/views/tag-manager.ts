import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Mailbox } from '../../wire.ts';
import { automaticWords } from '../locales/automatic.ts';
import { tagsWords } from '../locales/tags.ts';
import type { TagChange } from '../manage-tags.ts';
import { listAddress } from '../route.ts';
import { useApp } from '../state.ts';
import { changeOwnTag, deleteOwnTag, makeOwnTag } from '../tag-acts.ts';
import { type PlacedTag, placedTags } from '../tag-colours.ts';
import { PageHeading } from './page.ts';
import { TagChip } from './tag-chip.ts';
import { TagForm } from './tag-form.ts';
import { tagName } from './tag-name.ts';

type NamedTag = TagChange & { readonly name: string };

/** The owner's tags: makes, renames, colours, moves and deletes them. */
export function TagManager() {
  const app = useApp();
  const { state, words: shared } = app;
  const words = tagsWords[state.language];
  const own = placedTags(state.tags);
  return html`<${PageHeading} text=${shared.pages.tags} />
    <p class="lead">${words.lead}</p>
    <section aria-labelledby="own-tags">
      <h2 id="own-tags">${words.ownHeading}</h2>
      ${own.length === 0 && html`<p class="hint">${words.none}</p>`}
      <ul class="tag-rows">${own.map(placed => html`<${OwnTag} key=${placed.tag.id} placed=${placed} />`)}</ul>
    </section>
    <${AutomaticTags} />
    <section aria-labelledby="new-tag">
      <h2 id="new-tag">${words.newHeading}</h2>
      <${TagForm} tag=${null} submitName=${words.make} save=${(tag: NamedTag) => makeOwnTag(app, tag)} />
    </section>`;
}

/** Tags that mail gets by its form, each with the way to all such mail, and the way to the rules. */
function AutomaticTags() {
  const { state, words: shared } = useApp();
  const words = automaticWords[state.language];
  const kinds = Object.keys(words.kinds) as (keyof typeof words.kinds)[];
  return html`<section aria-labelledby="automatic-tags">
    <h2 id="automatic-tags">${words.heading}</h2>
    <p class="lead">${words.lead}</p>
    <ul class="automatic-tags">
      ${kinds.map(
        kind => html`<li key=${kind}>
          <a class="button small" href=${listAddress({ kind: 'search', text: words.searches[kind] })}>${words.kinds[kind]}</a>
        </li>`,
      )}
    </ul>
    <p><a class="button small" href=${listAddress({ kind: 'page', id: 'rules' })}>${shared.pages.rules}</a></p>
  </section>`;
}

function OwnTag({ placed: { tag, depth } }: { placed: PlacedTag }) {
  const app = useApp();
  const { state, words: shared } = app;
  const words = tagsWords[state.language];
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    // The form that held the focus is gone.
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  async function save(change: TagChange): Promise<string | null> {
    const refusal = await changeOwnTag(app, tag, change);
    if (refusal === null) setOpen(false);
    return refusal;
  }
  const remove = (one: Mailbox) => () => {
    setOpen(false);
    void deleteOwnTag(app, one);
  };
  return html`<li class="tag-row" data-depth=${depth > 0 ? Math.min(depth, 3) : undefined}>
    <div class="tag-row-head">
      <${TagChip} tag=${tag} />
      <span class="tag-row-count">${words.messages(tag.totalEmails)}</span>
      <button
        class="button small"
        ref=${button}
        aria-expanded=${isOpen}
        aria-label=${words.change(tagName(tag, shared))}
        onClick=${() => setOpen(!isOpen)}
      >${words.changeShort}</button>
    </div>
    ${
      isOpen &&
      html`<${TagForm} tag=${tag} submitName=${words.save} save=${save} cancel=${() => setOpen(false)} remove=${remove(tag)} />`
    }
  </li>`;
}

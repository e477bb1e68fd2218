import { html } from 'htm/preact';
import type { Mailbox } from '../../wire.ts';
import { patchOf } from '../acts.ts';
import type { EmailRow } from '../mail.ts';
import { useApp } from '../state.ts';
import { placedTags } from '../tag-colours.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { Popover } from './popover.ts';
import { TagChip } from './tag-chip.ts';
import { tagName } from './tag-name.ts';

type Tagged = Pick<EmailRow, 'id' | 'keywords' | 'mailboxIds'>;

/** The tags of a message: each can be removed, others added, new ones made. */
export function TagEditor({ email }: { email: Tagged }) {
  const { state, words, actions } = useApp();
  const tags = state.tags.filter(tag => email.mailboxIds[tag.id]);
  return html`<div class="tag-editor" role="group" aria-label=${words.tags.change}>
    ${tags.map(
      tag => html`<${TagChip} key=${tag.id} tag=${tag}>
        ${
          tag.role === null &&
          html`<button
          class="chip-button"
          aria-label=${words.tags.remove(tagName(tag, words))}
          onClick=${(event: Event) => void remove(tag, event)}
        ><${Icon} name="close" /></button>`
        }
      <//>`,
    )}
    <${TagMenu} email=${email} />
  </div>`;

  async function remove(tag: Mailbox, { currentTarget }: Event): Promise<void> {
    focusMenu(currentTarget);
    const patch = patchOf({ tagId: tag.id, isAdded: false }, email, state.tags);
    if (patch) await actions.change(email, patch, removalWords(tag));
  }

  function removalWords(tag: Mailbox): string {
    const isLast = Object.keys(email.mailboxIds).length === 1;
    return isLast ? words.tags.archived : words.tags.removed(tagName(tag, words));
  }
}

/** What holds the focus is about to go: its place is taken by what opens the menu. */
function focusMenu(part: EventTarget | null): void {
  if (part instanceof Element)
    part.closest('.tag-editor')?.querySelector<HTMLElement>('.tag-menu > summary')?.focus();
}

function TagMenu({ email }: { email: Tagged }) {
  const { state, words, actions } = useApp();
  const own = placedTags(state.tags);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = plainLine(String(new FormData(form).get('name'))).slice(0, 100);
    if (!name) return;
    const id = await actions.tagNamed(name);
    if (!id) return;
    form.reset();
    form.closest('details')?.removeAttribute('open');
    focusMenu(form);
    if (!email.mailboxIds[id]) await actions.change(email, { tags: { [id]: true } }, words.tags.added(name));
  }

  function toggle(tag: Mailbox): void {
    const name = tagName(tag, words);
    const isAdded = !email.mailboxIds[tag.id];
    const patch = patchOf({ tagId: tag.id, isAdded }, email, state.tags);
    if (patch) void actions.change(email, patch, isAdded ? words.tags.added(name) : words.tags.removed(name));
  }

  const summary = html`<summary class="button small" data-key="tag"><${Icon} name="plus" />${words.tags.add}</summary>`;
  return html`<${Popover} class="tag-menu" summary=${summary}>
      ${own.length === 0 && html`<p class="hint">${words.tags.none}</p>`}
      ${own.map(
        ({ tag }) => html`<label class="check" key=${tag.id}>
          <input type="checkbox" checked=${email.mailboxIds[tag.id] === true} onChange=${() => toggle(tag)} />
          <bdi>${tagName(tag, words)}</bdi>
        </label>`,
      )}
      <form class="new-tag" onSubmit=${(event: SubmitEvent) => void submit(event)}>
        <input name="name" maxlength="100" aria-label=${words.tags.newName} placeholder=${words.tags.newName} required />
        <button class="button small primary">${words.tags.make}</button>
      </form>
  <//>`;
}

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Mailbox } from '../../wire.ts';
import { patchOf } from '../acts.ts';
import type { EmailRow } from '../mail.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { Popover } from './popover.ts';
import { TagChip } from './tag-chip.ts';
import { tagName } from './tag-name.ts';

export type Tagged = Pick<EmailRow, 'id' | 'keywords' | 'mailboxIds'>;

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
export function focusMenu(part: EventTarget | null): void {
  if (part instanceof Element)
    part.closest('.tag-editor')?.querySelector<HTMLElement>('.tag-menu > summary')?.focus();
}

function TagMenu({ email }: { email: Tagged }) {
  const { words } = useApp();
  const [isOpen, setOpen] = useState(false);
  const summary = html`<summary class="button small" data-key="tag"><${Icon} name="plus" />${words.tags.add}</summary>`;
  return html`<${Popover} class="tag-menu" summary=${summary} tell=${setOpen}>
    ${isOpen && html`<${Lazy} load=${loadChoices} props=${{ email }} />`}
  <//>`;
}

async function loadChoices() {
  return (await import('./tag-choices.ts')).TagChoices;
}

import { html } from 'htm/preact';
import type { Mailbox } from '../../wire.ts';
import { patchOf } from '../acts.ts';
import { choicesWords } from '../locales/choices.ts';
import { useApp } from '../state.ts';
import { tagNamed } from '../tag-acts.ts';
import { placedTags } from '../tag-colours.ts';
import { plainLine } from '../text.ts';
import { focusMenu, type Tagged } from './tag-editor.ts';
import { tagName } from './tag-name.ts';

/** The owner's tags as boxes, and a field for a new one. */
export function TagChoices({ email }: { email: Tagged }) {
  const { state, words, actions, ...parts } = useApp();
  const choices = choicesWords[state.language];
  const own = placedTags(state.tags);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = plainLine(String(new FormData(form).get('name'))).slice(0, 100);
    if (!name) return;
    const id = await tagNamed({ ...parts, actions }, name);
    if (!id) return;
    form.reset();
    form.closest('details')?.removeAttribute('open');
    focusMenu(form);
    if (!email.mailboxIds[id]) await actions.change(email, { tags: { [id]: true } }, choices.added(name));
  }

  function toggle(tag: Mailbox): void {
    const name = tagName(tag, words);
    const isAdded = !email.mailboxIds[tag.id];
    const patch = patchOf({ tagId: tag.id, isAdded }, email, state.tags);
    if (patch) void actions.change(email, patch, isAdded ? choices.added(name) : words.tags.removed(name));
  }

  return html`${own.length === 0 && html`<p class="hint">${choices.none}</p>`}
      ${own.map(
        ({ tag }) => html`<label class="check" key=${tag.id}>
          <input type="checkbox" checked=${email.mailboxIds[tag.id] === true} onChange=${() => toggle(tag)} />
          <bdi>${tagName(tag, words)}</bdi>
        </label>`,
      )}
      <form class="new-tag" onSubmit=${(event: SubmitEvent) => void submit(event)}>
        <input name="name" maxlength="100" aria-label=${choices.newName} placeholder=${choices.newName} required />
        <button class="button small primary">${choices.make}</button>
      </form>`;
}

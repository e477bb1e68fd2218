import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { type Act, patchOf } from '../acts.ts';
import type { EmailRow } from '../mail.ts';
import { type State, useApp } from '../state.ts';
import { Icon, type IconName } from './icon.ts';

type Acted = Pick<EmailRow, 'id' | 'keywords' | 'mailboxIds'>;

/** What is done with one message most often, above its text. Each button has a key, too. */
export function MessageActions({ email, children }: { email: Acted; children?: ComponentChildren }) {
  const app = useApp();
  const { state, words, actions } = app;
  const isUnder = rolesOf(email, state);
  const button = (
    key: string,
    icon: IconName,
    { act, name, told }: { act: Act; name: string; told: string },
  ) => {
    const patch = patchOf(act, email, state.tags);
    return (
      patch &&
      html`<button class="button small quiet" data-key=${key} title=${name} onClick=${() => void actions.change(email, patch, told)}>
        <${Icon} name=${icon} />${name}
      </button>`
    );
  };
  const { message } = words;
  const archive = { act: 'archive', name: message.archive, told: message.movedToArchive } as const;
  const inbox = { act: 'inbox', name: message.inbox, told: message.movedToInbox } as const;
  const junk = { act: 'junk', name: message.junk, told: message.movedToJunk } as const;
  const notJunk = { act: 'notJunk', name: message.notJunk, told: message.movedFromJunk } as const;
  const trash = { act: 'trash', name: message.trash, told: message.movedToTrash } as const;
  return html`<div class="actions">
    ${isUnder('inbox') ? button('archive', 'archive', archive) : !isUnder('junk') && button('archive', 'inbox', inbox)}
    ${isUnder('junk') ? button('junk', 'inbox', notJunk) : button('junk', 'junk', junk)}
    ${
      isUnder('trash')
        ? html`<button class="button small quiet" data-key="trash" title=${message.destroy} onClick=${() => void destroy()}><${Icon} name="trash" />${message.destroy}</button>`
        : button('trash', 'trash', trash)
    }
    <button
      class="button small quiet"
      data-key="unread"
      title=${message.markUnread}
      onClick=${() => void actions.change(email, { keywords: { $seen: null } }, message.markedUnread)}
    ><${Icon} name="unread" />${message.markUnread}</button>
    ${children}
  </div>`;

  async function destroy(): Promise<void> {
    try {
      await (await import('../perform.ts')).destroyMessage(app, email.id);
    } catch (error) {
      actions.tellError(error);
    }
  }
}

function rolesOf({ mailboxIds }: Acted, { tags }: State) {
  return (role: NonNullable<State['tags'][number]['role']>): boolean =>
    tags.some(tag => tag.role === role && mailboxIds[tag.id] === true);
}

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Participant } from '../../wire.ts';
import { addContact, confirmKey, loadStrangers, spaced } from '../contacts.ts';
import { useLoad } from '../load.ts';
import { accountWords } from '../locales/account.ts';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Failed, Loading } from './loading.ts';

/** What an action of a step is given: the message it is offered at, and what to do when its index has changed. */
export interface ActionProps {
  readonly email: FullEmail;
  readonly onChanged: () => void;
}

/** Steps that can be taken here and now, by step id. */
export const stepActions: Readonly<Record<string, (props: ActionProps) => unknown>> = {
  addContact: AddContact,
  confirmKey: ConfirmKey,
};

function AddContact({ email, onChanged }: ActionProps) {
  const { state, client } = useApp();
  const words = accountWords[state.language];
  const asking = { client, accountId: state.session?.accountId ?? '' };
  const loaded = useLoad(`strangers/${email.id}`, () => loadStrangers(asking, email.discussionId));
  if (loaded.error !== undefined) return html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`;
  if (loaded.value === undefined) return html`<${Loading} />`;
  if (loaded.value.length === 0) return html`<p>${words.nobodyToAdd}</p>`;
  return html`<ul class="plain-list">
    ${loaded.value.map(
      person => html`<li key=${person.address}>
        <${Act}
          label=${words.add(namesOf(person))}
          done=${words.added}
          act=${() => addContact(asking, person, email.id)}
          onChanged=${onChanged}
        />
      </li>`,
    )}
  </ul>`;
}

/** Name and address together, so that a name can't stand for an address. */
function namesOf({ name, address }: Participant): string {
  return name ? `${plainLine(name)} (${plainLine(address)})` : plainLine(address);
}

function ConfirmKey({ email, onChanged }: ActionProps) {
  const { state, client } = useApp();
  const words = accountWords[state.language];
  const { fingerprint } = email.privacy.protection;
  const address = email.from?.[0]?.email;
  if (!fingerprint || !address) return null;
  const asking = { client, accountId: state.session?.accountId ?? '' };
  const armor = state.opened[email.id]?.signerArmor ?? null;
  return html`<p>${words.fingerprint(plainLine(address))}<br /><code>${spaced(fingerprint)}</code></p>
    <p>${words.isSame}</p>
    <${Act}
      label=${words.confirm}
      done=${words.confirmed}
      act=${() => confirmKey(asking, { address, fingerprint, emailId: email.id, armor })}
      onChanged=${onChanged}
    />`;
}

interface ActProps extends Pick<ActionProps, 'onChanged'> {
  readonly label: string;
  /** Said when it is done. */
  readonly done: string;
  act(): Promise<void>;
}

function Act({ label, done, act, onChanged }: ActProps) {
  const { words, actions } = useApp();
  const [isUnderWay, setUnderWay] = useState(false);
  async function run(): Promise<void> {
    setUnderWay(true);
    try {
      await act();
      actions.say({ text: done });
      onChanged();
    } catch (error) {
      actions.noteError(error);
      actions.say({ text: words.errors.change });
    } finally {
      setUnderWay(false);
    }
  }
  // Not `disabled`: that would take the focus away from who pressed it.
  return html`<button class="button small primary" aria-disabled=${isUnderWay} onClick=${() => isUnderWay || run()}>
    ${label}
  </button>`;
}

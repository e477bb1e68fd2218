import { html } from 'htm/preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type NewToken, paths, type Token } from '../../wire.ts';
import { longDate } from '../format.ts';
import { useLoad } from '../load.ts';
import { settingsWords } from '../locales/settings.ts';
import { useApp } from '../state.ts';
import { Failed, Loading } from './loading.ts';
import { type Outcome, Section, Sure, useOutcome } from './settings-parts.ts';

interface Made {
  readonly label: string;
  readonly secret: string;
}

/** Passwords of mail programs and scripts: made, shown once, taken back. */
export function TokenSettings() {
  const { state, client } = useApp();
  const text = settingsWords[state.language].tokens;
  const outcome = useOutcome();
  const [made, setMade] = useState<Made | null>(null);
  const loaded = useLoad(
    'tokens',
    async () => (await client.read<{ tokens: readonly Token[] }>(paths.tokens)).tokens,
  );
  const make = (wanted: NewToken) =>
    outcome.run(async () => {
      const { secret } = await client.post<{ secret: string }>(paths.tokens, wanted);
      setMade({ label: wanted.label, secret });
      loaded.reload();
    });
  const revoke = async ({ id, label }: Token) => {
    const said = text.revoked(label ?? text.unnamed);
    await outcome.run(() => client.remove(`${paths.tokens}/${encodeURIComponent(id)}`), said);
    loaded.reload();
    document.getElementById('settings-tokens')?.focus();
  };
  return html`<${Section} id="settings-tokens" heading=${text.heading} lead=${text.lead} outcome=${outcome}>
    ${loaded.error !== undefined && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!loaded.value && loaded.error === undefined && html`<${Loading} />`}
    ${loaded.value?.length === 0 && html`<p>${text.none}</p>`}
    <ul class="plain-list">
      ${loaded.value?.map(
        token =>
          html`<li key=${token.id} class="setting-row"><${TokenRow} token=${token} revoke=${() => void revoke(token)} /></li>`,
      )}
    </ul>
    ${made ? html`<${MadeSecret} made=${made} outcome=${outcome} done=${() => setMade(null)} />` : html`<${NewTokenForm} make=${make} />`}
  <//>`;
}

function TokenRow({ token, revoke }: { token: Token; revoke: () => void }) {
  const { state, formats } = useApp();
  const words = settingsWords[state.language];
  const text = words.tokens;
  const name = token.label ?? text.unnamed;
  return html`<div>
      <strong><bdi>${name}</bdi></strong> <span class="chip">${text.kinds[token.kind]}</span>
      <dl class="setting-facts">
        <div><dt>${text.madeAt}</dt><dd>${longDate(token.createdAt, formats)}</dd></div>
        <div><dt>${words.sessions.lastUsed}</dt><dd>${token.lastUsedAt ? longDate(token.lastUsedAt, formats) : words.never}</dd></div>
      </dl>
    </div>
    <${Sure} label=${text.revoke} spoken=${text.revokeNamed(name)} question=${text.revokeSure} yes=${text.revoke} act=${revoke} />`;
}

const kinds: readonly NewToken['kind'][] = ['appPassword', 'bearer'];

function NewTokenForm({ make }: { make: (wanted: NewToken) => Promise<boolean> }) {
  const { state } = useApp();
  const text = settingsWords[state.language].tokens;
  const id = useId();
  const [isWorking, setWorking] = useState(false);
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const label = String(form.get('label')).trim();
    const kind = kinds.find(each => each === form.get('kind'));
    if (!label || !kind) return;
    setWorking(true);
    await make({ kind, label });
    setWorking(false);
  }
  return html`<form class="setting-form" onSubmit=${submit}>
    <div class="field">
      <label for=${`${id}-label`}>${text.label}</label>
      <input id=${`${id}-label`} name="label" required maxlength="100" autocomplete="off" aria-describedby=${`${id}-hint`} />
      <p class="setting-hint" id=${`${id}-hint`}>${text.labelHint}</p>
    </div>
    <div class="field">
      <label for=${`${id}-kind`}>${text.kind}</label>
      <select id=${`${id}-kind`} name="kind">
        ${kinds.map(kind => html`<option key=${kind} value=${kind}>${text.kinds[kind]}, ${text.kindHints[kind]}</option>`)}
      </select>
    </div>
    <button class="button primary" disabled=${isWorking}>${text.make}</button>
  </form>`;
}

/** A secret that is told this once. */
function MadeSecret({ made, outcome, done }: { made: Made; outcome: Outcome; done: () => void }) {
  const { state } = useApp();
  const text = settingsWords[state.language].tokens;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const copy = () => outcome.run(() => navigator.clipboard.writeText(made.secret), text.copied);
  const leave = () => {
    done();
    document.getElementById('settings-tokens')?.focus();
  };
  const id = useId();
  return html`<div class="note">
    <label for=${id}>${text.secretOf(made.label)}</label>
    <input ref=${field} id=${id} class="secret" readonly value=${made.secret} aria-describedby=${`${id}-once`} />
    <p id=${`${id}-once`}>${text.made}</p>
    <p>
      <button class="button small primary" onClick=${() => void copy()}>${text.copy}</button>
      <button class="button small" onClick=${leave}>${text.done}</button>
    </p>
  </div>`;
}

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { RequestError } from '../client.ts';
import type { Words } from '../locales/en.ts';
import { useApp } from '../state.ts';
import { LevelPicture } from './level.ts';
import { Preferences } from './preferences.ts';

/** The sign-in screen. */
export function SignIn() {
  const { state, words, actions } = useApp();
  const [fault, setFault] = useState<string | null>(null);
  const [isWorking, setWorking] = useState(false);
  const text = words.signIn;
  useEffect(() => {
    // A page heeds `autofocus` once; whoever has signed out is shown the form again.
    if (document.activeElement === document.body) document.getElementById('address')?.focus();
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setWorking(true);
    setFault(null);
    try {
      await actions.signIn({
        address: String(form.get('address')).trim(),
        password: String(form.get('password')),
      });
    } catch (error) {
      setFault(faultOf(error, words));
      setWorking(false);
    }
  }

  return html`<div class="sign-in">
    <main class="sign-in-card">
      <p class="wordmark"><${LevelPicture} level="A" />${words.product}</p>
      <h1>${text.title}</h1>
      <p class="lead">${text.lead}</p>
      ${state.isExpired && html`<p class="note" role="status">${text.expired}</p>`}
      <form onSubmit=${submit}>
        <label for="address">${text.address}</label>
        <input id="address" name="address" type="email" autocomplete="username" required autofocus />
        <label for="password">${text.password}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <p class="fault" role="alert">${fault}</p>
        <button class="button primary" disabled=${isWorking}>${isWorking ? text.working : text.submit}</button>
      </form>
    </main>
    <footer class="sign-in-foot"><${Preferences} /></footer>
  </div>`;
}

function faultOf(error: unknown, words: Words): string {
  if (!(error instanceof RequestError)) return words.errors.server;
  if (error.status === 0) return words.errors.offline;
  if (error.status === 429) return words.signIn.throttled;
  return error.status === 401 || error.status === 400 ? words.signIn.refused : words.errors.server;
}

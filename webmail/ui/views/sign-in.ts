import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { RequestError } from '../client.ts';
import type { Words } from '../locales/en.ts';
import { useApp } from '../state.ts';
import { LevelPicture } from './level.ts';
import { Preferences } from './preferences.ts';

/** The sign-in screen. */
export function SignIn() {
  const { state, words, actions, locale, memory } = useApp();
  const [fault, setFault] = useState<string | null>(null);
  const [isWorking, setWorking] = useState(false);
  const text = words.signIn;
  useEffect(() => {
    // A page heeds `autofocus` once; whoever has signed out is shown the form again.
    if (document.activeElement === document.body) document.getElementById('address')?.focus();
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setWorking(true);
    setFault(null);
    try {
      await actions.signIn({
        address: String(form.get('address')).trim(),
        password: String(form.get('password')),
      });
    } catch (error) {
      setFault(faultOf(error, words, locale));
      setWorking(false);
      document.querySelector<HTMLInputElement>('#password')?.select();
    }
  }

  return html`<div class="sign-in">
    <main class="sign-in-card">
      <p class="wordmark"><${LevelPicture} level="A" />${words.product}</p>
      <h1>${text.title}</h1>
      <p class="lead">${text.lead}</p>
      ${state.isExpired && html`<p class="note" role="status">${text.expired}</p>`}
      ${memory.isBrief && html`<p class="note" role="status">${text.blocked}</p>`}
      <form onSubmit=${submit}>
        <label for="address">${text.address}</label>
        <input
          id="address"
          name="address"
          type="text"
          inputmode="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck=${false}
          aria-describedby="sign-in-fault"
          required
          autofocus
        />
        <label for="password">${text.password}</label>
        <${PasswordField} isWorking=${isWorking} fault=${fault} />
        <button class="button primary" aria-disabled=${isWorking}>${isWorking ? text.working : text.submit}</button>
      </form>
    </main>
    <footer class="sign-in-foot"><${Preferences} /></footer>
  </div>`;
}

/**
 * The password can be looked at until it is sent: browsers offer to keep what stands in a field for passwords only. What
 * is wrong with it is told below.
 */
function PasswordField({ isWorking, fault }: { isWorking: boolean; fault: string | null }) {
  const text = useApp().words.signIn;
  const [isWished, setShown] = useState(false);
  const [hasCapsLock, setCapsLock] = useState(false);
  const isShown = isWished && !isWorking;
  const lookAt = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.('CapsLock') ?? false);
  return html`<div class="password">
      <input
        id="password"
        name="password"
        type=${isShown ? 'text' : 'password'}
        autocomplete="current-password"
        autocapitalize="none"
        spellcheck=${false}
        aria-describedby="caps-lock sign-in-fault"
        required
        onKeyDown=${lookAt}
        onKeyUp=${lookAt}
        onBlur=${() => setCapsLock(false)}
      />
      <button type="button" class="button quiet" aria-controls="password" onClick=${() => setShown(!isShown)}>
        ${isShown ? text.hide : text.show}<span class="visually-hidden"> ${text.thePassword}</span>
      </button>
    </div>
    <div class="told">
      <p id="sign-in-fault" class="fault" role="alert">${fault}</p>
      <p id="caps-lock" role="status">${hasCapsLock && text.capsLock}</p>
    </div>`;
}

function faultOf(error: unknown, words: Words, locale: string): string {
  if (!(error instanceof RequestError)) return words.errors.server;
  if (error.status === 0) return words.errors.offline;
  if (error.status === 429) return words.signIn.throttled(waitIn(error.retryAfterSeconds ?? 60, locale));
  return error.status === 401 || error.status === 400 ? words.signIn.refused : words.errors.server;
}

/** A wait in seconds or minutes, as the language has it. */
function waitIn(seconds: number, locale: string): string {
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import type { EmailPrivacy } from '../../wire.ts';
import { copyText } from '../copy-text.ts';
import { accountWords } from '../locales/account.ts';
import { indexWords } from '../locales/index-words.ts';
import { useApp } from '../state.ts';
import { levelOf } from './level.ts';
import { type ActionProps, stepActions } from './step-actions.ts';

type Step = EmailPrivacy['next'][number];

const shownSteps = 3;

/** At most three steps, best gain first; each with the gain the formula gives and a button that tells how. */
export function NextSteps({ email, onChanged }: ActionProps) {
  const words = accountWords[useApp().state.language];
  const steps = email.privacy.next.slice(0, shownSteps);
  return html`<h4>${words.stepsHeading}</h4>
    ${steps.length === 0 && html`<p>${words.noSteps}</p>`}
    <ol class="steps">
      ${steps.map(
        step =>
          html`<${StepRow} key=${step.steps.join()} step=${step} email=${email} onChanged=${onChanged} />`,
      )}
    </ol>`;
}

function StepRow({ step, email, onChanged }: ActionProps & { step: Step }) {
  const { state } = useApp();
  const words = accountWords[state.language];
  const value = email.privacy.value ?? 0;
  const [isOpen, setOpen] = useState(false);
  const panelId = useId();
  const after = levelOf(value + step.gain);
  const gain = after === levelOf(value) ? words.gainSame(step.gain) : words.gain(step.gain, after);
  const names = step.steps.map(id => indexWords.steps[id]?.name[state.language] ?? id).join(words.together);
  return html`<li class="step">
    <span class="step-name">${names}</span>
    <span class="step-gain">${gain}</span>
    <small class="step-who">${indexWords.who[step.who][state.language]}</small>
    <button class="button small" aria-expanded=${isOpen} aria-controls=${panelId} onClick=${() => setOpen(!isOpen)}>
      ${step.steps.some(id => id in stepActions) ? words.act : words.show}<span class="visually-hidden">: ${names}</span>
    </button>
    <div id=${panelId} class="step-how" hidden=${!isOpen}>
      ${step.steps.map(id => html`<${How} key=${id} id=${id} />${isOpen && id in stepActions && html`<${stepActions[id]} email=${email} onChanged=${onChanged} />`}`)}
    </div>
  </li>`;
}

function How({ id }: { id: string }) {
  const { state, actions } = useApp();
  const words = accountWords[state.language];
  const letter = words.stepLetters[id];
  async function copy(): Promise<void> {
    actions.say({ text: (await copyText(letter ?? '')) ? words.copied : words.notCopied });
  }
  return html`<p>${indexWords.steps[id]?.why[state.language] ?? id}</p>
    ${
      letter &&
      html`<blockquote>${letter}</blockquote>
      <button class="button small" onClick=${() => void copy()}>${words.copy}</button>`
    }`;
}

import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { settingsWords } from '../locales/settings.ts';
import { useApp } from '../state.ts';

/** Something that was refused, with the reason as it is told. */
export class Refused extends Error {}

/** What came of the last thing that was asked for. */
export interface Outcome {
  readonly text: string;
  readonly isFault: boolean;
  /** Tells that the work goes on, then `good` or, when it throws or gives false, `bad`, or why it was refused. */
  run(work: () => Promise<unknown>, good?: string, bad?: string): Promise<boolean>;
}

/** The outcome of what is done in one section, seen and heard. */
export function useOutcome(): Outcome {
  const { state, actions } = useApp();
  const words = settingsWords[state.language];
  const [told, setTold] = useState({ text: '', isFault: false });
  const last = useRef(0);
  const run: Outcome['run'] = async (work, good, bad = words.failedAsk) => {
    last.current += 1;
    const own = last.current;
    setTold({ text: words.working, isFault: false });
    let isGood = false;
    let text = bad;
    try {
      isGood = (await work()) !== false;
      if (isGood) text = good ?? words.saved;
    } catch (error) {
      actions.noteError(error);
      if (error instanceof Refused) text = error.message;
    }
    if (own === last.current) setTold({ text, isFault: !isGood });
    actions.announce(text);
    return isGood;
  };
  return { ...told, run };
}

interface SectionProps {
  readonly id: string;
  readonly heading: string;
  readonly lead?: string;
  readonly outcome?: Pick<Outcome, 'text' | 'isFault'>;
  readonly children?: ComponentChildren;
}

/** One section of the settings, with what came of the last change beside its heading. */
export function Section({ id, heading, lead, outcome, children }: SectionProps) {
  return html`<section class="setting-section" aria-labelledby=${id}>
    <div class="setting-head">
      <h2 id=${id} tabindex="-1">${heading}</h2>
      <span class=${outcome?.isFault ? 'fault' : 'saved'}>${outcome?.text}</span>
    </div>
    ${lead && html`<p class="lead">${lead}</p>`}
    ${children}
  </section>`;
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly example?: string }[];
  readonly hint?: string;
  choose(value: T): void;
}

/** One of a few, all in sight. */
export function Choice<T extends string>({ legend, value, options, hint, choose }: ChoiceProps<T>) {
  const id = useId();
  return html`<fieldset class="choice" aria-describedby=${hint ? id : undefined}>
    <legend>${legend}</legend>
    ${options.map(
      option => html`<label class="check" key=${option.value}>
        <input
          type="radio"
          name=${`${id}-choice`}
          value=${option.value}
          checked=${option.value === value}
          onChange=${() => choose(option.value)}
        />
        <span>${option.label}${option.example && html` <span class="example">${option.example}</span>`}</span>
      </label>`,
    )}
    ${hint && html`<p class="setting-hint" id=${id}>${hint}</p>`}
  </fieldset>`;
}

interface SureProps {
  readonly class?: string;
  readonly label: string;
  /** What is read aloud where the same words stand on several buttons. */
  readonly spoken: string;
  readonly question: string;
  readonly yes: string;
  act(): void;
}

/** A button that says what will come of it before it does anything. */
export function Sure({ class: style = 'button small', label, spoken, question, yes, act }: SureProps) {
  const { state } = useApp();
  const [isAsking, setAsking] = useState(false);
  const id = useId();
  const answer = useRef<HTMLButtonElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (isAsking) answer.current?.focus();
    else if (wasAsking.current) opener.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  if (!isAsking) {
    return html`<button ref=${opener} class=${style} aria-label=${spoken} onClick=${() => setAsking(true)}>${label}</button>`;
  }
  const leave = () => setAsking(false);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    leave();
  };
  return html`<div class="sure" role="group" aria-label=${spoken} onKeyDown=${onKey}>
    <p id=${id}>${question}</p>
    <button
      ref=${answer}
      class="button small primary"
      aria-describedby=${id}
      onClick=${() => {
        leave();
        act();
      }}
    >${yes}</button>
    <button class="button small quiet" onClick=${leave}>${settingsWords[state.language].keep}</button>
  </div>`;
}

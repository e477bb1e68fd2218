import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly class: string;
  /** What is pressed to open it. */
  readonly summary: VNode;
  /** Told whether it is open now. */
  readonly tell?: (isOpen: boolean) => void;
  readonly children?: ComponentChildren;
}

/** Something that opens over the page; Escape and a touch elsewhere close it. */
export function Popover({ class: name, summary, tell, children }: Props) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const isInside = event.target instanceof Node && details.current?.contains(event.target);
      // A touch inside may have taken its own target off the page.
      const isGone = event.target instanceof Node && !event.target.isConnected;
      if (details.current && !isInside && !isGone) details.current.open = false;
    };
    document.addEventListener('click', close);
    return () => document.removeEventListener('click', close);
  }, []);
  function onToggle(event: Event): void {
    bringIntoSight(event);
    tell?.(details.current?.open ?? false);
  }
  return html`<details class=${name} ref=${details} onKeyDown=${closeOnEscape} onToggle=${onToggle}>
    ${summary}
    <div class="popover">${children}</div>
  </details>`;
}

/** What opened beyond the edge of a scrolled page would not be found. */
function bringIntoSight(event: Event): void {
  const details = event.currentTarget as HTMLDetailsElement;
  if (details.open) details.querySelector('.popover')?.scrollIntoView({ block: 'nearest' });
}

function closeOnEscape(event: KeyboardEvent): void {
  const details = event.currentTarget as HTMLDetailsElement;
  if (event.key !== 'Escape' || !details.open) return;
  details.open = false;
  details.querySelector('summary')?.focus();
  event.stopPropagation();
}

import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.ts';
import { Popover } from './popover.ts';

interface OpenerProps {
  readonly icon: IconName;
  readonly name: string;
  readonly children?: ComponentChildren;
}

/** A name that is pressed for what stands behind it. */
export function Opener({ icon, name, children }: OpenerProps) {
  const summary = html`<summary class="button small"><${Icon} name=${icon} />${name}</summary>`;
  return html`<${Popover} class="why" summary=${summary}>${children}<//>`;
}

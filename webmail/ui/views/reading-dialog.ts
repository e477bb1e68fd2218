import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';

interface Props {
  readonly heading: string;
  readonly close: () => void;
  /** Buttons between heading and Close. */
  readonly tools?: VNode;
  readonly onArrow?: (by: -1 | 1) => void;
  readonly children?: ComponentChildren;
}

/** Something large to read over the page; Escape closes it, and the focus goes back to what held it before. */
export function ReadingDialog({ heading, close, tools, onArrow, children }: Props) {
  const { words } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const headingId = useId();
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  function onKey(event: KeyboardEvent): void {
    // The page below has keys of its own.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft') onArrow?.(-1);
    else if (event.key === 'ArrowRight') onArrow?.(1);
  }
  return html`<dialog ref=${dialog} class="preview" aria-labelledby=${headingId} onClose=${close} onKeyDown=${onKey}>
    <header class="preview-head">
      <h2 id=${headingId} title=${heading}><bdi>${heading}</bdi></h2>
      ${tools}
      <button class="icon-button" aria-label=${words.close} title=${words.close} onClick=${() => dialog.current?.close()}>
        <${Icon} name="close" />
      </button>
    </header>
    <div class="preview-body">${children}</div>
  </dialog>`;
}

import { html } from 'htm/preact';
import { useEffect, useId } from 'preact/hooks';
import { pictureWords } from '../locales/pictures.ts';
import type { Pictures } from '../pictures.ts';
import type { Wanted } from '../remote-css.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';

interface Props {
  readonly wanted: readonly Wanted[];
  readonly pictures: Pictures;
}

/** What a body wanted from elsewhere, from where, and the owner's say on its pictures. */
export function RemoteNote({ wanted, pictures }: Props) {
  const { state, actions } = useApp();
  const words = pictureWords[state.language];
  const { signed, isOffered, isWorking, hasFailed } = pictures;
  const isShown = signed !== null;
  const learnsId = useId();
  const left = wanted.filter(({ address }) => !signed?.addresses.has(address));
  const hosts = hostsOf(left.map(({ address }) => address));
  const beacons = hostsOf(signed?.beacons ?? []);
  useEffect(() => {
    if (isShown) actions.announce(words.shown);
  }, [isShown]);
  return html`<section class="note remote" aria-label=${words.heading}>
    <p>${isShown ? words.fetched(signed.addresses.size) : words.wanted(countOf(wanted))}</p>
    ${
      isOffered &&
      html`<button class="button small" aria-describedby=${isShown ? undefined : learnsId} aria-disabled=${isWorking} onClick=${() => isWorking || pictures.toggle()}>
        ${isWorking ? words.working : isShown ? words.hide : words.show}
      </button>`
    }
    ${isOffered && !isShown && html`<p id=${learnsId} class="learns">${words.learns}</p>`}
    <p class="hint" role="status">${hasFailed ? words.failed : ''}</p>
    ${beacons.length > 0 && html`<p>${words.beacons} <${Hosts} hosts=${beacons} /></p>`}
    ${
      hosts.length > 0 &&
      html`<details>
      <summary>${isShown ? words.leftHosts : words.hosts}</summary>
      <${Hosts} hosts=${hosts} />
      ${!isOffered && html`<p>${words.why}</p>`}
    </details>`
    }
  </section>`;
}

const maxHosts = 30;

function Hosts({ hosts }: { hosts: readonly string[] }) {
  const { state } = useApp();
  const rest = hosts.length - maxHosts;
  return html`<ul class="hosts">
    ${hosts.slice(0, maxHosts).map(host => html`<li key=${host}><bdi>${host}</bdi></li>`)}
    ${rest > 0 && html`<li>${pictureWords[state.language].more(rest)}</li>`}
  </ul>`;
}

function countOf(wanted: readonly Wanted[]): number {
  return new Set(wanted.map(({ address }) => address)).size;
}

function hostsOf(addresses: readonly string[]): string[] {
  const hosts = addresses.map(address => (URL.canParse(address) ? plainLine(new URL(address).host) : ''));
  return [...new Set(hosts)].filter(Boolean).sort();
}

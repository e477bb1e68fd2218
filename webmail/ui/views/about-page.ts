import { html } from 'htm/preact';
import { type About, paths } from '../../wire.ts';
import { formatSize } from '../format-numbers.ts';
import { useLoad } from '../load.ts';
import { aboutWords } from '../locales/about.ts';
import { useApp } from '../state.ts';
import { Failed, Loading } from './loading.ts';
import { PageHeading } from './page.ts';

/** What runs here, under which licence, and what it weighs. */
export function AboutPage() {
  const { state, words, client } = useApp();
  const text = aboutWords[state.language];
  const loaded = useLoad('about', () => client.read<About>(paths.about));
  return html`<${PageHeading} text=${words.pages.about} />
    <p class="lead">${text.lead}</p>
    ${loaded.error !== undefined && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!loaded.value && loaded.error === undefined && html`<${Loading} />`}
    ${loaded.value && html`<${Running} about=${loaded.value} /><${Licence} about=${loaded.value} /><${Weight} about=${loaded.value} /><${Packages} about=${loaded.value} />`}`;
}

interface Props {
  readonly about: About;
}

function Running({ about }: Props) {
  const { state, words } = useApp();
  const text = aboutWords[state.language];
  const { version, commit, node, bundle } = about;
  const rows = [
    [text.version, version],
    [text.commit, commit?.slice(0, 12)],
    [text.node, node],
    [text.requests, String(bundle.requestsAtStart)],
  ].filter(([, value]) => value);
  return html`<section class="setting-section" aria-labelledby="about-running">
    <h2 id="about-running">${text.running}</h2>
    <dl class="setting-facts">
      <div><dt>${words.product}</dt><dd>${about.licence}</dd></div>
      ${rows.map(([term, value]) => html`<div key=${term}><dt>${term}</dt><dd>${value}</dd></div>`)}
    </dl>
  </section>`;
}

function Licence({ about }: Props) {
  const { state } = useApp();
  const text = aboutWords[state.language];
  const { sourceUrl } = about;
  return html`<section class="setting-section" aria-labelledby="about-licence">
    <h2 id="about-licence">${text.licence}</h2>
    <p>${text.licenceText} <a href="https://www.gnu.org/licenses/agpl-3.0.html" rel="noreferrer" target="_blank">${about.licence}</a></p>
    <p>${sourceUrl ? html`<a href=${sourceUrl} rel="noreferrer" target="_blank">${text.source}</a>` : text.noSource}</p>
  </section>`;
}

function Weight({ about }: Props) {
  const { state, words, locale } = useApp();
  const text = aboutWords[state.language];
  const { files } = about.bundle;
  const size = (octets: number) => formatSize(octets, locale, words.units);
  const rows = (['script', 'style'] as const).flatMap(kind =>
    [true, false].map(isAtStart => {
      const part = text.parts[`${kind}${isAtStart ? 'Start' : 'Later'}`];
      const own = files.filter(file => file.kind === kind && file.isAtStart === isAtStart);
      const sum = (name: 'octets' | 'gzip' | 'brotli') => own.reduce((all, file) => all + file[name], 0);
      return { part, count: own.length, octets: sum('octets'), gzip: sum('gzip'), brotli: sum('brotli') };
    }),
  );
  return html`<section class="setting-section" aria-labelledby="about-weight">
    <h2 id="about-weight">${text.weight}</h2>
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">${text.columns.part}</th>
          <th scope="col">${text.columns.files}</th>
          <th scope="col">${text.columns.sent} (gzip · brotli)</th>
          <th scope="col">${text.columns.plain}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          row => html`<tr key=${row.part}>
            <th scope="row">${row.part}</th>
            <td>${row.count}</td>
            <td>${size(row.gzip)} · ${size(row.brotli)}</td>
            <td>${size(row.octets)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function Packages({ about }: Props) {
  const { state } = useApp();
  const text = aboutWords[state.language];
  return html`<section class="setting-section" aria-labelledby="about-packages">
    <h2 id="about-packages">${text.packages}</h2>
    <p>${text.packagesText}</p>
    <dl class="setting-facts">
      ${about.packages.map(({ name, version, licence }) => html`<div key=${name}><dt>${name} ${version}</dt><dd>${licence}</dd></div>`)}
    </dl>
  </section>`;
}

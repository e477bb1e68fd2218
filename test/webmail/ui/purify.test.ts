import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { framePolicy } from '../../../webmail/api/frame-routes.ts';
import { pagePolicy } from '../../../webmail/api/security-headers.ts';
import { openChromium } from '../../support/chromium.ts';
import { remoteLoads } from '../../vectors/remote-loads.ts';

const ui = join(import.meta.dirname, '../../../webmail/ui');

/** Ways of running something; each would set a mark on the page. */
const running = [
  '<script>top.hasRun = true</script>',
  '<img src=x onerror="top.hasRun = true">',
  '<svg onload="top.hasRun = true"></svg>',
  '<svg><script>top.hasRun = true</script></svg>',
  '<body onload="top.hasRun = true">',
  '<details open ontoggle="top.hasRun = true">x</details>',
  '<input autofocus onfocus="top.hasRun = true">',
  '<a id="hit" href="javascript:top.hasRun = true">x</a>',
  '<a id="hit" href="java&#9;script:top.hasRun = true">x</a>',
  '<iframe srcdoc="<script>top.hasRun = true</script>"></iframe>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=top.hasRun=1&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=top.hasRun=1>',
  '<noscript><p title="</noscript><img src=x onerror=top.hasRun=1>">',
  '<style><style/><img src=x onerror=top.hasRun=1>',
  '<img name="body"><img name="documentElement" src=x onerror="top.hasRun=1">',
];

/** The purifier in the page's and the frame's real policies, on a server that notes what is asked of it. */
async function openBench(test: TestContext) {
  const browser = await openChromium(test);
  if (!browser) return null;
  const contents = `import { dressHtml } from './dress-html.ts';
    import { isTooMuch } from './html-tags.ts';
    import { purify } from './purify.ts';
    globalThis.show = async (html, fetched = [], path = '/frame/') => {
      document.querySelector('iframe')?.remove();
      const frame = document.createElement('iframe');
      frame.sandbox = 'allow-popups allow-popups-to-escape-sandbox allow-same-origin';
      frame.src = path;
      const loaded = new Promise(done => frame.addEventListener('load', done, { once: true }));
      document.body.append(frame);
      await loaded;
      const started = performance.now();
      const leadsTo = host => 'leads to ' + host;
      if (isTooMuch(html)) return { tooMuch: performance.now() - started };
      const made = purify(html, { inline: new Map(), fetched: new Map(fetched), frame: frame.contentWindow });
      dressHtml(made.root, { hasLinks: true, leadsTo });
      const inside = frame.contentDocument;
      inside.replaceChild(inside.adoptNode(made.root), inside.documentElement);
      inside.querySelector('#hit')?.click();
      const hosts = made.wanted.map(({ address }) => new URL(address).host);
      return { hosts: [...new Set(hosts)].sort(), count: made.wanted.length };
    };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ui, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
  });
  const script = outputFiles[0]?.text ?? '';
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const isFrame = request.url === '/frame/' || request.url === '/bare/';
    const isScript = request.url === '/bench.js';
    if (request.url?.startsWith('/remote')) asked.push(request.url);
    const policy = isFrame ? framePolicy : pagePolicy;
    if (request.url !== '/bare/') response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    const page =
      '<!doctype html><html><head><link rel="icon" href="data:,"></head><body><script type="module" src="/bench.js"></script></body></html>';
    response.end(
      isScript ? script : isFrame ? '<!doctype html><html><head></head><body></body></html>' : page,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction('typeof show === "function"');
  return { page, origin, asked };
}

async function show(
  page: Page,
  html: string,
  fetched: readonly (readonly [string, string])[] = [],
): Promise<{ hosts: string[]; count: number }> {
  return page.evaluate(`show(${JSON.stringify(html)}, ${JSON.stringify(fetched)})`);
}

test('bodies in their frame load nothing and run nothing', { timeout: 120_000 }, async t => {
  const bench = await openBench(t);
  if (!bench) return;
  const { page, origin, asked } = bench;
  await t.test(
    `the purifier alone keeps ${remoteLoads.length} ways of loading from the network`,
    async () => {
      const { host } = new URL(origin);
      for (const [place, { html }] of remoteLoads.entries()) {
        const filled = html
          .replaceAll(/\{https?\}/g, `${origin}/remote/${place}`)
          .replaceAll(/\{host\}(?:\/a)?/g, `${host}/remote/${place}`)
          .replaceAll('{name}', host);
        await page.evaluate(`show(${JSON.stringify(filled)}, [], '/bare/')`);
        // Two frames drawn: whatever a document fetches to be shown has been asked for by then.
        await page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
      }
      assert.deepEqual(
        asked.map(path => remoteLoads[Number(path.split('/')[2])]?.name),
        [],
      );
    },
  );
  await t.test(`${running.length} ways of running run nothing`, async () => {
    for (const html of running) await show(page, html);
    assert.equal(await page.evaluate('globalThis.hasRun'), undefined);
  });
  await t.test('what was wanted from elsewhere is counted and named', async () => {
    const html =
      '<img src="https://b.example/1.png"><p style="background:url(//a.example/2.png)">x</p><img src="https://b.example/3.png">';
    assert.deepEqual(await show(page, html), { hosts: ['a.example', 'b.example'], count: 3 });
  });
  await t.test('a style that would load from elsewhere in any way is counted', async () => {
    const html =
      '<p style="background-image:image-set(\'https://a.example/1\' 1x)">x</p><style>@import "//b.example";</style>';
    assert.deepEqual(await show(page, html), { hosts: ['a.example', 'b.example'], count: 2 });
  });
  await t.test('what stands in elements that are left out is counted, too', async () => {
    const html =
      '<link rel="stylesheet" href="https://a.example/1"><iframe src="//b.example"></iframe><video poster="https://c.example/1"></video><img srcset="https://d.example/1 1x, https://e.example/2,x 2x">';
    assert.deepEqual(await show(page, html), {
      hosts: ['a.example', 'b.example', 'c.example', 'e.example'],
      count: 4,
    });
  });
  await t.test('pictures that were fetched are shown from here, all others stay out', async () => {
    const html =
      '<img src="https://a.example/1#x" alt="A"><img src="https://a.example/2"><img srcset="https://a.example/1 2x"><table background="https://a.example/1"><tr><td style="background:url(//a.example/1)">x</table><iframe src="https://a.example/1"></iframe>';
    await show(page, html, [['https://a.example/1', '/pictures/one']]);
    const inside = page.frameLocator('iframe');
    const addresses = await inside
      .locator('img')
      .evaluateAll(all => all.map(one => [one.getAttribute('src'), one.getAttribute('srcset')]));
    assert.deepEqual(addresses, [
      ['/pictures/one', null],
      [null, '/pictures/one'],
    ]);
    assert.equal(await inside.locator('table').getAttribute('background'), '/pictures/one');
    assert.match((await inside.locator('td').getAttribute('style')) ?? '', /url\("\/pictures\/one"\)/);
    assert.equal(await inside.locator('iframe').count(), 0);
  });
  await t.test('nothing is left of attributes and elements that no letter needs', async () => {
    const html =
      '<a href="https://a.example/" download ping="//p" attributionsrc="//q" target="_top" aria-label="bank" onclick="x()">x</a><div role="dialog" popover tabindex="1" accesskey="x" contenteditable data-x="1">y</div><table role="presentation"><tr><td>z</table><form action="//f"><label>n</label><button formaction="//g">b</button></form><dialog open>d</dialog><area href="//h"><x-y>c</x-y>';
    await show(page, html);
    const inside = page.frameLocator('iframe');
    assert.equal(
      await inside.locator('body').innerHTML(),
      '<a href="https://a.example/" target="_blank" rel="noopener noreferrer" title="https://a.example/">x</a><div>y</div><table role="presentation"><tbody><tr><td>z</td></tr></tbody></table>nbdc',
    );
  });
  await t.test('a link to a place in the letter stays in it', async () => {
    await show(page, '<a href="#there">x</a><a href="/frame/">y</a><h2 id="there">z</h2>');
    const hrefs = await page
      .frameLocator('iframe')
      .locator('a')
      .evaluateAll(all => all.map(link => [link.getAttribute('href'), link.getAttribute('target')]));
    assert.deepEqual(hrefs, [
      ['#there', null],
      [null, null],
    ]);
  });
  await t.test(
    'what would make the page stand still is refused within a second; a long letter is shown',
    async () => {
      const bombs = [
        '<div>'.repeat(100_000),
        '<i><b>'.repeat(80_000),
        `<p ${'a '.repeat(1000)}>`,
        '<br>'.repeat(200_000),
      ];
      for (const html of bombs) {
        const { tooMuch } = (await show(page, html)) as unknown as { tooMuch: number };
        assert.ok(tooMuch < 1000, `${tooMuch} ms`);
      }
      const row = '<tr><td width="50"><p>One <b>two</b><br><a href="https://a.example/">three</a></td></tr>';
      const started = performance.now();
      await show(
        page,
        `<style>a{background:url(//${'a'.repeat(100_000)}</style><table>${row.repeat(1500)}</table>`,
      );
      assert.ok(performance.now() - started < 10_000);
    },
  );
  await t.test('a link whose words name another host says aloud where it leads', async () => {
    await show(
      page,
      '<style>bdi{display:none}</style><a href="https://evil.example/">https://bank.example/</a> <a href="https://bank.example@evil.example/">Here</a> <a href="https://a.example/">Read</a>',
    );
    const text = await page.frameLocator('iframe').locator('body').innerText();
    assert.match(
      text,
      /^https:\/\/bank\.example\/ \(leads to evil\.example\) Here \(leads to evil\.example\) Read$/,
    );
  });
  await t.test(
    'a mailto link keeps its address and subject, and puts nothing else into the letter',
    async () => {
      await show(
        page,
        '<a href="mailto:a@b.example?attach=/etc/passwd&subject=Hi%20you&bcc=c@d.example">x</a>',
      );
      const link = page.frameLocator('iframe').locator('a');
      assert.equal(await link.getAttribute('href'), 'mailto:a@b.example?subject=Hi%20you');
    },
  );
  await t.test('pictures from elsewhere are quiet boxes with their words; unseen ones are gone', async () => {
    await show(
      page,
      '<img src="https://a.example/1" alt="The boat" width="90" height="50"><img src="https://a.example/2" width="1" height="1"><img src="https://a.example/3">',
    );
    const inside = page.frameLocator('iframe');
    assert.equal(await inside.locator('img').count(), 0);
    assert.deepEqual(await inside.locator('.blocked-picture').allInnerTexts(), ['The boat']);
  });
  await t.test('links open in a tab of their own that knows nothing of this page', async () => {
    await show(page, '<a href="https://a.example/x" target="_top" rel="opener">x</a>');
    const link = page.frameLocator('iframe').locator('a');
    assert.equal(await link.getAttribute('target'), '_blank');
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
  });
});

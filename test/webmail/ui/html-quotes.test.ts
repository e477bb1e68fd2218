import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { openChromium } from '../../support/chromium.ts';

const ui = join(import.meta.dirname, '../../../webmail/ui');

/** What a folded body shows at once, what it holds folded and open, and how long the folding took. */
interface Folded {
  readonly seen: string;
  readonly folded: readonly string[];
  readonly open: readonly string[];
  readonly milliseconds: number;
  /** All text but that of the labels, without white space. */
  readonly whole: string;
}

const contents = `import { foldQuotes } from './html-quotes.ts';
  globalThis.foldIn = root => foldQuotes(root, { label: 'Quoted text', language: 'en' });
  globalThis.fold = html => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const started = performance.now();
    foldQuotes(page.documentElement, { label: 'Quoted text', language: 'en' });
    const milliseconds = performance.now() - started;
    document.replaceChild(document.adoptNode(page.documentElement), document.documentElement);
    const texts = selector => [...document.querySelectorAll(selector)].map(fold =>
      [...fold.childNodes].slice(1).map(node => node.textContent).join(' ').replace(/\\s+/g, ' ').trim());
    const result = {
      seen: document.body.innerText.replace(/\\s+/g, ' ').trim(),
      folded: texts('details:not([open])'),
      open: texts('details[open]'),
      milliseconds,
    };
    for (const label of document.querySelectorAll('summary')) label.remove();
    return { ...result, whole: document.body.textContent.replace(/\\s+/g, '') };
  };`;

/** Bodies as mail programs write them: an answer, `Yes, please.`, above the quoted `Signs would help.`. */
const answers: Record<string, string> = {
  gmail:
    '<div dir="ltr">Yes, please.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, Nov 30, 2026 at 7:42 AM Demo Friend &lt;<a href="mailto:f@friends.example">f@friends.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex"><div>Signs would help.</div></blockquote></div>',
  oldGmail:
    '<div dir="ltr">Yes, please.</div><div class="gmail_extra"><br><div class="gmail_quote">Le lun. 30 nov. 2026 à 07:42, Ami <span dir="ltr">&lt;<a href="mailto:a@poste.example">a@poste.example</a>&gt;</span> a écrit :<br><blockquote class="gmail_quote">Signs would help.</blockquote></div></div>',
  thunderbird:
    '<p>Yes, please.</p><div class="moz-cite-prefix">Le 30/11/2026 à 07:42, Ami a écrit :<br></div><blockquote type="cite" cite="mid:1@poste.example"><p>Signs would help.</p></blockquote>',
  apple:
    '<div>Yes, please.</div><div><br><blockquote type="cite"><div>On 30 Nov 2026, at 07:42, Demo Friend &lt;f@friends.example&gt; wrote:</div><br><div>Signs would help.</div></blockquote></div>',
  roundcube:
    '<p>Yes, please.</p><p id="reply-intro">On 2026-11-30 07:42, Demo Friend wrote:</p><blockquote type="cite" style="padding: 0 0.4em"><p>Signs would help.</p></blockquote>',
  outlookWeb:
    '<div>Yes, please.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Demo Friend<br><b>Sent:</b> Monday, November 30, 2026 7:42 AM<br><b>To:</b> Me<br><b>Subject:</b> Signs</font></div><div>Signs would help.</div>',
  outlookDesktop:
    '<div class="WordSection1"><p class="MsoNormal">Yes, please.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>De :</b> Ami &lt;a@poste.example&gt;<br><b>Envoyé :</b> lundi 30 novembre 2026 07:42<br><b>À :</b> Moi<br><b>Objet :</b> Panneaux</p></div></div><p class="MsoNormal">Signs would help.</p></div>',
  yahoo:
    '<div>Yes, please.</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Monday, November 30, 2026, Demo Friend wrote:</div><div>Signs would help.</div></div>',
  proton:
    '<div>Yes, please.</div><div class="protonmail_quote">On Monday, 30 November 2026, Demo Friend wrote:<br><blockquote class="protonmail_quote" type="cite">Signs would help.</blockquote></div>',
  bare: '<p>Yes, please.</p>On Monday, November 30, 2026 <a href="mailto:f@friends.example">f@friends.example</a> wrote:<br><br><blockquote>Signs would help.</blockquote>',
};

test('what an HTML body quotes is folded', { timeout: 60_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ui, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
  });
  const page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  const fold = (html: string): Promise<Folded> => page.evaluate(`fold(${JSON.stringify(html)})`);
  const textOf = (html: string): string =>
    html
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replace(/\s+/g, '');

  for (const [name, html] of Object.entries(answers)) {
    await t.test(`an answer as written by ${name}`, async () => {
      const { seen, folded, whole } = await fold(html);
      assert.equal(seen, 'Yes, please. Quoted text');
      assert.equal(folded.length, 1);
      assert.match(folded[0] ?? '', /(?:wrote|a écrit|Sent:|Envoyé :).*Signs would help\.$/);
      assert.equal(whole, textOf(html), 'nothing is lost');
    });
  }
  await t.test('a fold opens by a press, in a frame without scripts', async () => {
    const answer = answers.gmail ?? '';
    const frame = `<iframe sandbox="allow-same-origin" srcdoc="${answer.replaceAll('"', '&quot;')}"></iframe>`;
    await page.evaluate(`document.documentElement.replaceChildren(document.createElement('body'))`);
    await page.evaluate(`document.body.innerHTML = ${JSON.stringify(frame)}`);
    const inside = page.frameLocator('iframe');
    await inside.getByText('Yes, please.').waitFor();
    await page.evaluate(`foldIn(document.querySelector('iframe').contentDocument.documentElement)`);
    const quoted = inside.getByText('Signs would help.');
    assert.equal(await quoted.isVisible(), false);
    await inside.getByText('Quoted text').press('Enter');
    assert.equal(await quoted.isVisible(), true);
  });
  await t.test('where all is quoted, and where a message is passed on, nothing is folded', async () => {
    for (const html of [
      '<blockquote type="cite">Signs would help.</blockquote>',
      (answers.outlookDesktop ?? '').replace('Yes, please.', ''),
      '<div>For you.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Demo Friend</b></div>Signs would help.</div>',
      '<p>For you.</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table><tr><th>Subject: </th><td>Signs</td></tr></table><blockquote type="cite">Signs would help.</blockquote></div>',
      '<p>As the poet says:</p><blockquote>Signs would help.</blockquote>',
      '<p>Only my own words.</p>',
    ]) {
      const { folded, open, whole } = await fold(html);
      assert.deepEqual([folded, open], [[], []], html);
      assert.equal(whole, textOf(html));
    }
  });
  await t.test('a picture is content of one’s own', async () => {
    const { folded } = await fold('<img alt="" src="data:,"><blockquote type="cite">Signs.</blockquote>');
    assert.deepEqual(folded, ['Signs.']);
  });
  await t.test('what is answered between the lines stays in sight', async () => {
    const html =
      '<div class="gmail_quote"><div class="gmail_attr">On Monday Demo Friend wrote:</div><blockquote class="gmail_quote">Six?</blockquote><div>Yes.</div><blockquote class="gmail_quote">Monday?</blockquote><div>Tuesday.</div><blockquote class="gmail_quote">Your friend</blockquote></div>';
    const { open, folded } = await fold(html);
    assert.deepEqual(open, ['On Monday Demo Friend wrote: Six?', 'Monday?']);
    assert.deepEqual(folded, ['Your friend']);
  });
  await t.test('a sender’s styles neither hide the fold nor open it', async () => {
    const html = `<style>details, summary { display: none } details > * { display: block; font-size: 0 }</style>${answers.thunderbird}`;
    assert.equal((await fold(html)).seen, 'Yes, please. Quoted text');
  });
  await t.test('a body of very many elements is folded in a moment', async () => {
    for (const piece of [
      '<div>',
      '<div>From: a<br>',
      '<blockquote type="cite">',
      '<p>a:</p><blockquote>b</blockquote>',
    ]) {
      const { milliseconds } = await fold(`a${piece.repeat(10_000)}`);
      assert.ok(milliseconds < 1500, `${piece}: ${milliseconds} ms`);
    }
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createServer } from 'node:net';
import { env, kill } from 'node:process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { atEnd } from './at-end.ts';
import { poll } from './poll.ts';
import { requireService } from './services.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A page of WebKit (GTK), by WebDriver (https://www.w3.org/TR/webdriver2/). Whatever acts on an element waits for it. */
export interface WebKitPage {
  open(address: string): Promise<void>;
  reload(): Promise<void>;
  /** The value of an expression in the page. */
  read<T>(expression: string): Promise<T>;
  /** Waits for a visible element, by a CSS selector and what its text or `aria-label` says. */
  see(selector: string, text?: RegExp): Promise<void>;
  click(selector: string, text?: RegExp): Promise<void>;
  /** Types into a field; for one of files the path of one. */
  type(selector: string, text: string): Promise<void>;
  /** One key, by its code point (`key`) or itself. */
  press(key: string): Promise<void>;
}

/** Keys by the code points that WebDriver gives them. */
export const key = { enter: '\ue007', escape: '\ue00c', right: '\ue014' } as const;

const elementKey = 'element-6066-11e4-a52e-4f735466cecf';
const browsers = '/usr/lib/*/webkit2gtk-4.1/MiniBrowser';

/** Finds what somebody sees; told by WebDriver as an element. */
const find = `const [selector, source] = arguments;
  const said = element => (element.getAttribute('aria-label') ?? '') + ' ' + element.innerText;
  return [...document.querySelectorAll(selector)].find(element =>
    element.checkVisibility() && (source === null || new RegExp(source, 's').test(said(element)))) ?? null`;

/** A page on a screen in memory, as wide as asked for, closed after the test; null where there is none: skipped loudly. */
export async function openWebKit(
  t: TestContext,
  size: { readonly width: number; readonly height: number },
): Promise<WebKitPage | null> {
  const [driver, xvfb] = [requireService(t, 'webkit'), requireService(t, 'xvfb')];
  const [browser] = globSync(browsers);
  if (!driver || !xvfb || !browser) return null;
  const home = temporaryFolder(t);
  const display = await openScreen(t, xvfb, size);
  const port = await freePort();
  const process = spawn(driver, [`--port=${port}`], {
    env: { ...env, HOME: home, DISPLAY: `:${display}`, GDK_BACKEND: 'x11', LANG: 'C.UTF-8', LANGUAGE: 'en' },
    stdio: 'ignore',
    detached: true,
  });
  atEnd(t, () => endGroup(process));
  const ask = asking(`http://127.0.0.1:${port}`);
  await poll('WebKitWebDriver', () => ask('GET', '/status').catch(() => undefined));
  const options = { binary: browser, args: ['--automation', '--full-screen'] };
  const { sessionId } = await ask<{ sessionId: string }>('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  });
  atEnd(t, () => ask('DELETE', `/session/${sessionId}`));
  await ask('POST', `/session/${sessionId}/window/rect`, { x: 0, y: 0, ...size });
  return pageOf((method, path, body) => ask(method, `/session/${sessionId}${path}`, body));
}

type Ask = <T>(method: string, path: string, body?: object) => Promise<T>;

function asking(origin: string): Ask {
  return async <T>(method: string, path: string, body?: object) => {
    const response = await fetch(origin + path, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    const { value } = (await response.json()) as { value: T & { message?: string; error?: string } };
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error} ${value.message}`);
    return value;
  };
}

function pageOf(ask: Ask): WebKitPage {
  const run = <T>(script: string, args: readonly unknown[] = []) =>
    ask<T>('POST', '/execute/sync', { script, args });
  const seen = (selector: string, text?: RegExp) =>
    poll(`${selector} ${text ?? ''}`, async () => {
      const found = await run<Record<string, string> | null>(find, [selector, text?.source ?? null]);
      return found?.[elementKey];
    });
  return {
    open: address => ask('POST', '/url', { url: address }),
    reload: () => ask('POST', '/refresh', {}),
    read: expression => run(`return ${expression}`),
    see: async (selector, text) => void (await seen(selector, text)),
    // What is drawn anew between finding and pressing is found again.
    click: async (selector, text) =>
      poll(`a press of ${selector} ${text ?? ''}`, async () => {
        const element = await seen(selector, text);
        return ask('POST', `/element/${element}/click`, {}).then(
          () => true as const,
          () => undefined,
        );
      }).then(() => undefined),
    type: async (selector, text) => ask('POST', `/element/${await seen(selector)}/value`, { text }),
    press: value => {
      const actions = [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ];
      return ask('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
    },
  };
}

/** The number of a display that Xvfb has chosen. */
async function openScreen(
  t: TestContext,
  xvfb: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<string> {
  const words = ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'];
  const process = spawn(xvfb, words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  atEnd(t, async () => {
    const ended = once(process, 'exit');
    process.kill();
    await ended;
  });
  const told = process.stdio[3];
  if (!told || !('read' in told)) throw new Error('Xvfb tells no display');
  const [display] = (await once(createInterface({ input: told }), 'line')) as [string];
  return display;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** The driver and the browser that it has started, all of whose processes write until they have ended. */
async function endGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  await poll('the end of WebKit', () => (signalGroup(pid, 0) ? undefined : true), 5_000).catch(() =>
    signalGroup(pid, 'SIGKILL'),
  );
}

/** False when none of the group is there. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return kill(-pid, signal);
  } catch {
    return false;
  }
}

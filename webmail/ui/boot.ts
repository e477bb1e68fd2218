/** What somebody does who means to use the page. */
const signs = ['pointermove', 'pointerdown', 'keydown', 'input', 'change', 'click', 'submit'] as const;
/** Acts that are done again when the webmail is there. */
const acts: readonly string[] = ['change', 'submit'];

/**
 * The script of the sign-in page, which is drawn already: fetches the webmail when somebody touches the page, and hands
 * on what they did meanwhile.
 */
function boot(): void {
  document.documentElement.dataset.theme = remembered('theme') ?? 'system';
  const waiting: Event[] = [];
  let isComing = false;
  const come = () => {
    if (isComing) return;
    isComing = true;
    fetchWebmail().then(
      () => {
        for (const sign of signs) removeEventListener(sign, onSign, true);
        waiting.forEach(again);
      },
      // The next sign tries again.
      () => {
        isComing = false;
      },
    );
  };
  const onSign = (event: Event) => {
    if (event.type === 'submit') event.preventDefault();
    // Who presses twice while nothing happens means to sign in once.
    const isAgain = event.type === 'submit' && waiting.some(({ type }) => type === 'submit');
    if (!isAgain && (acts.includes(event.type) || isPress(event))) waiting.push(event);
    come();
  };
  for (const sign of signs) addEventListener(sign, onSign, true);
  // Firefox keeps what stands in a form that is left, and would write it there again.
  addEventListener('pagehide', () => document.querySelector<HTMLFormElement>('.sign-in form')?.reset());
  // Who has chosen another language than the page's sees it without touching anything.
  const language = remembered('language');
  if (language !== null && language !== document.documentElement.lang) come();
}

/** The press of a button that does nothing by itself. */
function isPress({ type, target }: Event): boolean {
  return type === 'click' && target instanceof Element && target.closest('button[type="button"]') !== null;
}

/** What the browser remembers: nothing where it may keep nothing of a site. */
function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** The webmail, which draws as soon as it is there: its style comes before. */
async function fetchWebmail(): Promise<void> {
  await fetchLinked();
  await new Promise<void>((resolve, reject) => {
    addEventListener('webmail', () => resolve(), { once: true });
    import('./main.ts').catch(reject);
  });
}

/** Begins with all that the page names for later, and waits for the style. */
async function fetchLinked(): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[data-rel]')].map(begin);
  await Promise.all(links.filter(({ rel }) => rel === 'stylesheet').map(isThere));
}

/** In a new element: one that failed would not be fetched again. */
function begin(link: HTMLLinkElement): HTMLLinkElement {
  const fresh = link.cloneNode() as HTMLLinkElement;
  fresh.rel = fresh.dataset.rel ?? '';
  link.replaceWith(fresh);
  return fresh;
}

function isThere(link: HTMLLinkElement): Promise<void> {
  return new Promise((resolve, reject) => {
    link.onload = () => resolve(link.removeAttribute('data-rel'));
    link.onerror = reject;
  });
}

function again({ type, target }: Event): void {
  if (type === 'submit' && target instanceof HTMLFormElement) target.requestSubmit();
  else target?.dispatchEvent(new Event(type, { bubbles: true }));
}

boot();

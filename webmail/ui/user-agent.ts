/** What a browser says that it is, and runs on; null where it can't be told. */
export interface BrowserName {
  readonly browser: string | null;
  readonly system: string | null;
}

/** The first that fits is the one: most say that they are several. */
const browsers: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chromium', /\bChromium\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bVersion\/[\d.]+.*\bSafari\//],
];
const systems: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['FreeBSD', /\bFreeBSD\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

/** Reads a User-Agent (RFC 9110 §10.1.5) as far as people know its words. */
export function readUserAgent(userAgent: string | null): BrowserName {
  const named = (table: typeof browsers) => table.find(([, sign]) => sign.test(userAgent ?? ''))?.[0] ?? null;
  return { browser: named(browsers), system: named(systems) };
}

import type { Page } from 'playwright-core';

/** What of a node of the accessibility tree is read. */
interface AccessibilityNode {
  readonly ignored: boolean;
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[];
}

/** Everything that Chromium tells a screen reader of a page, in its order: `role: name`. */
export async function spokenParts(page: Page): Promise<string[]> {
  return (await readTree(page)).map(spoken);
}

/** Role and name of what holds the focus; empty when only the page does. */
export async function focusedName(page: Page): Promise<string> {
  const focused = (await readTree(page)).filter(({ properties }) =>
    properties?.some(({ name, value }) => name === 'focused' && value.value === true),
  );
  const last = focused.filter(({ role }) => role?.value !== 'RootWebArea').at(-1);
  return last ? spoken(last) : '';
}

async function readTree(page: Page): Promise<AccessibilityNode[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return (nodes as readonly AccessibilityNode[]).filter(({ ignored }) => !ignored);
}

function spoken({ role, name }: AccessibilityNode): string {
  return `${role?.value ?? ''}: ${name?.value ?? ''}`;
}

import type { Page } from 'playwright-core';

/** Signs in on the sign-in page as it is in English, and waits until the inbox is there and has the focus. */
export async function signIn(page: Page, address: string, password: string): Promise<void> {
  await page.getByLabel('Address').fill(address);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await page.locator('#main:focus').waitFor();
}
